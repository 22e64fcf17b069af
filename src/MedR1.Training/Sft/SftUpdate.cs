using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Makes optimizer steps of encoded examples: the loss is −Σ weight × log-probability / Σ weight, both sums over the
/// whole step. B rows, T tokens. One dispose scope a micro-step.
/// </summary>
internal sealed class SftUpdate(
    IVisionLanguagePolicy policy, ParameterUpdater updater, IReadOnlyList<ITrainingObserver> observers)
{
    public SftStepResult Run(SftBatch batch, long step, CancellationToken cancellationToken)
    {
        policy.BeginStep(step);
        updater.ZeroGradients();
        double divisor = batch.TotalWeight;
        double total = 0;
        for (int microStep = 0; microStep < batch.MicroSteps.Count; microStep++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            EncodedExample[] examples = batch.MicroSteps[microStep];
            List<TokenStatistics> statistics = [];
            Tensor[] parts = [.. Parts(examples).Select(part => Loss(part, statistics, step, microStep, divisor))];
            Tensor loss = parts.Length == 1 ? parts[0] : parts[0].Plus(parts[1]);
            double value = loss.ToDouble();
            total += value;
            if (!double.IsFinite(value))
            {
                return new SftStepResult(value, double.NaN, updater.Skip(step - 1), IsSkipped: true);
            }

            loss.backward();
            statistics.ForEach(each => each.Dispose());
        }

        UpdateResult update = updater.Clip();
        if (!update.IsFinite)
        {
            return new SftStepResult(total, update.GradientNorm, updater.Skip(step - 1), IsSkipped: true);
        }

        foreach (ITrainingObserver observer in observers)
        {
            observer.OnGradients(step);
        }

        return new SftStepResult(total, update.GradientNorm, updater.Step(step - 1), IsSkipped: false);
    }

    // Answers and sequences take different ways through the policy.
    private static IEnumerable<EncodedExample[]> Parts(EncodedExample[] examples) =>
        examples.GroupBy(example => example.Completion is null).Select(part => part.ToArray());

    private Tensor Loss(
        EncodedExample[] examples, List<TokenStatistics> statistics, long step, int microStep, double divisor)
    {
        Tensor logProbabilities_BT;
        if (examples[0].Completion is null)
        {
            logProbabilities_BT = policy.SequenceLogProbabilities([.. examples.Select(example => example.Prompt)]);
        }
        else
        {
            statistics.Add(policy.TokenLogProbabilities(
                [.. examples.Select(example => new PackedGroup(example.Prompt, [example.Completion!]))],
                new TokenStatisticsOptions()));
            logProbabilities_BT = statistics[^1].LogProbabilities;
        }

        foreach (ISftObserver observer in observers.OfType<ISftObserver>())
        {
            observer.OnMicroStep(step, microStep, logProbabilities_BT);
        }

        int width = (int)logProbabilities_BT.shape[1];
        float[] weights = new float[examples.Length * width];
        for (int row = 0; row < examples.Length; row++)
        {
            examples[row].Weights.CopyTo(weights, row * width);
        }

        Tensor weights_BT = tensor(weights, [examples.Length, width], device: policy.Device);
        return (logProbabilities_BT * weights_BT).sum().neg().DividedBy(divisor);
    }
}
