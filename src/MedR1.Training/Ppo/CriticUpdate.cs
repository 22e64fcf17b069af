using MedR1.Losses;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Makes the critic's half of an optimizer step: values, loss and backward pass for each pass of the plan, then clipping and the step. The
/// loss is the mean over the step's tokens. B rows, T tokens. One dispose scope per pass.
/// </summary>
internal sealed class CriticUpdate(
    ValueModel critic, PpoLossOptions loss, PpoTrainerOptions options, ParameterUpdater updater)
{
    /// <summary>Makes one step.</summary>
    /// <param name="rollout">The rollout, with values and returns.</param>
    /// <param name="plan">The rollout's completions by pass.</param>
    /// <param name="step">The step, from 1.</param>
    public PolicyStepResult Run(Rollout rollout, PlannedStep plan, long step)
    {
        critic.Body.BeginStep(step);
        updater.ZeroGradients();
        LossMetricAccumulator metrics = new();
        double divisor = Math.Max(1, TokensOf(rollout, plan));
        double total = 0;
        foreach (IReadOnlyList<CompletionIndex> rows in plan.MicroSteps)
        {
            CompletionIndex[] active = [.. rows.Where(rollout.IsActive)];
            if (active.Length == 0)
            {
                continue;
            }

            using DisposeScope scope = NewDisposeScope();
            using IDisposable gradients = UserCode.EnableGradients();
            MicroBatch batch = MicroBatch.Build(rollout, active, skipsZeroAdvantage: false);

            // Disposed even if the step is skipped: layers without recomputation hold the activations for their backward pass.
            using PassOutput values = critic.Values(batch.Packed);
            Tensor share = Loss(rollout, batch, values.Output, divisor, metrics);
            double value = share.ToDouble();
            total += value;
            if (!double.IsFinite(value))
            {
                return new PolicyStepResult(
                    value, double.NaN, updater.Skip(step - 1), IsSkipped: true, metrics.ToValues());
            }

            share.backward();
        }

        UpdateResult update = updater.Clip();
        double rate = update.IsFinite ? updater.Step(step - 1) : updater.Skip(step - 1);
        return new PolicyStepResult(total, update.GradientNorm, rate, !update.IsFinite, metrics.ToValues());
    }

    // Of the whole step, so that accumulation gives the gradient of one large batch. The policy's divisor is the same if its loss is a mean
    // over the step's tokens.
    private double TokensOf(Rollout rollout, PlannedStep plan) =>
        options.TokenDivisor == TokenDivisor.MeanStepTokens
            ? (double)rollout.ActiveTokenCount / rollout.StepCount
            : plan.MicroSteps.SelectMany(rows => rows).Where(rollout.IsActive)
                .Sum(row => (long)rollout.CompletionAt(row).TokenCount);

    private Tensor Loss(Rollout rollout, MicroBatch batch, Tensor values_BT, double divisor, LossMetricAccumulator metrics)
    {
        Tensor returns_BT = TokenNumbers.ToMatrix(rollout.Returns!, batch, values_BT.device);
        Tensor old_BT = TokenNumbers.ToMatrix(rollout.Values!, batch, values_BT.device);
        Tensor mask_BT = batch.Mask(values_BT.device);
        Tensor padding_BT = mask_BT.logical_not();
        Tensor terms_BT = ValueLoss.Terms(values_BT, returns_BT, old_BT, loss.ValueClip).FilledWhere(padding_BT, 0);
        using (no_grad())
        {
            double count = mask_BT.sum(ScalarType.Float64).ToDouble();
            Tensor said_BT = values_BT.detach();
            metrics.Add(new Dictionary<string, LossMetric>
            {
                [TrainingMetricNames.ValueLoss] = new(SumOf(terms_BT), count),
                [TrainingMetricNames.Values] = new(SumOf(said_BT.FilledWhere(padding_BT, 0)), count),
                [TrainingMetricNames.Returns] = new(SumOf(returns_BT), count),
            });
            if (loss.ValueClip is not null)
            {
                Tensor free_BT = ValueLoss.Terms(said_BT, returns_BT).FilledWhere(padding_BT, 0);
                metrics.Add(new Dictionary<string, LossMetric>
                {
                    [TrainingMetricNames.ValueClipRatio] = new(SumOf(terms_BT.gt(free_BT)), count),
                });
            }
        }

        return terms_BT.sum().Times(loss.ValueCoefficient / divisor);
    }

    private static double SumOf(Tensor numbers) => numbers.detach().sum(ScalarType.Float64).ToDouble();
}
