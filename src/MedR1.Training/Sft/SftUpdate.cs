using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Makes optimizer steps from encoded examples: the loss is −Σ weight × log-probability / Σ weight, both sums over the whole step.
/// B rows, T tokens. One dispose scope per micro-step.
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
            double value = RunMicroStep(batch.MicroSteps[microStep], step, microStep, divisor);
            total += value;
            if (!double.IsFinite(value))
            {
                return new SftStepResult(value, double.NaN, updater.Skip(step - 1), IsSkipped: true);
            }
        }

        UpdateResult update = updater.Clip();
        if (!update.IsFinite)
        {
            return new SftStepResult(total, update.GradientNorm, updater.Skip(step - 1), IsSkipped: true);
        }

        UserCode.Tell<ITrainingObserver>(observers, observer => observer.OnGradients(step));

        return new SftStepResult(total, update.GradientNorm, updater.Step(step - 1), IsSkipped: false);
    }

    // Answers and sequences take different paths through the policy.
    private static IEnumerable<EncodedExample[]> Parts(EncodedExample[] examples) =>
        examples.GroupBy(example => example.Completion is null).Select(part => part.ToArray());

    // Returns the loss; its gradients are accumulated unless it is not finite.
    private double RunMicroStep(EncodedExample[] examples, long step, int microStep, double divisor)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable gradients = UserCode.EnableGradients();
        List<TokenStatistics> statistics = [];
        try
        {
            Tensor? loss = null;
            foreach (EncodedExample[] part in Parts(examples))
            {
                statistics.Add(Score(part));
                Tensor own = Loss(part, statistics[^1].LogProbabilities, step, microStep, divisor);
                loss = loss is null ? own : loss.Plus(own);
            }

            double value = loss!.ToDouble();
            if (double.IsFinite(value))
            {
                loss!.backward();
            }

            return value;
        }
        finally
        {
            // Not earlier: the backward pass needs them.
            statistics.ForEach(each => each.Dispose());
        }
    }

    private TokenStatistics Score(EncodedExample[] examples) => examples[0].Completion is null
        ? policy.SequenceLogProbabilities([.. examples.Select(example => example.Prompt)])
        : policy.TokenLogProbabilities(
            [.. examples.Select(example => new PackedGroup(example.Prompt, [example.Completion!]))],
            new TokenStatisticsOptions());

    private Tensor Loss(
        EncodedExample[] examples, Tensor logProbabilities_BT, long step, int microStep, double divisor)
    {
        UserCode.Tell<ISftObserver>(observers, observer => observer.OnMicroStep(step, microStep, logProbabilities_BT));

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
