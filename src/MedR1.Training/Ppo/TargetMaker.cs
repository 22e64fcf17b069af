using MedR1.Losses;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Computes, once per rollout, what PPO learns from: the critic's values, the divergence from the reference, and the tokens'
/// advantages and returns. B rows, T tokens.
/// </summary>
internal sealed class TargetMaker(
    ValueModel critic, IVisionLanguagePolicy? reference, PpoTargetOptions targets, PpoTrainerOptions options,
    PolicyUpdate update)
{
    private bool NeedsOldLogProbabilities(Rollout rollout) =>
        rollout.StepCount * options.Iterations > 1 || targets.KlCoefficient != 0;

    /// <summary>Computes values, returns and advantages of a rollout under the current policy and critic.</summary>
    public void Fill(
        Rollout rollout, IReadOnlyList<PlannedStep> plan, Dictionary<string, double> measured, CancellationToken cancellationToken)
    {
        if (NeedsOldLogProbabilities(rollout))
        {
            update.RecordOldLogProbabilities(rollout, plan, cancellationToken);
        }

        float[][][] values = TokenNumbers.Record(rollout, plan, packed => critic.Values(packed).Output, cancellationToken);
        float[][][]? wanted = targets.KlCoefficient == 0
            ? null : update.RecordLogProbabilities(reference!, rollout, plan, cancellationToken);
        CompletionIndex[] active = [.. plan.SelectMany(step => step.MicroSteps).SelectMany(rows => rows)
            .Where(rollout.IsActive)
            .OrderBy(row => row.Group).ThenBy(row => row.Sample)];
        float[][][] Empty() => [.. rollout.Groups.Select(group => new float[group.Completions.Count][])];
        (float[][][] advantages, float[][][] returns) = (Empty(), Empty());
        if (active.Length > 0)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            MicroBatch batch = MicroBatch.Build(rollout, active, skipsZeroAdvantage: false);
            Compute(rollout, batch, values, wanted, advantages, returns, measured);
        }

        rollout.Values = values;
        rollout.Returns = returns;
        rollout.TokenAdvantages = advantages;
    }

    // On the host: there are only a few numbers per token, and the recursion over tokens runs there anyway.
    private void Compute(
        Rollout rollout, MicroBatch batch, float[][][] values, float[][][]? wanted, float[][][] advantages,
        float[][][] returns, Dictionary<string, double> measured)
    {
        Tensor mask_BT = batch.Mask(CPU);
        Tensor values_BT = TokenNumbers.ToMatrix(values, batch, CPU);
        Tensor old_BT = rollout.OldLogProbabilities is null
            ? zeros_like(values_BT) : TokenNumbers.ToMatrix(rollout.OldLogProbabilities, batch, CPU);
        Tensor? reference_BT = wanted is null ? null : TokenNumbers.ToMatrix(wanted, batch, CPU);
        Tensor scores_B = tensor([.. batch.Rows.Select(row => (float)ScoreOf(rollout, row))]);
        PpoTargets result = PpoTargets.Compute(scores_B, mask_BT, old_BT, reference_BT, values_BT, targets);
        TokenNumbers.Spread(result.Advantages, batch, advantages);
        TokenNumbers.Spread(result.Returns, batch, returns);
        double explained = ExplainedVariance.Compute(values_BT, result.Returns, mask_BT);
        if (double.IsFinite(explained))
        {
            measured[TrainingMetricNames.ExplainedVariance] = explained;
        }

        if (reference_BT is not null)
        {
            Tensor divergence = (old_BT - reference_BT).masked_select(mask_BT);
            measured[TrainingMetricNames.ReferenceDivergence] = divergence.mean().ToDouble();
        }
    }

    private double ScoreOf(Rollout rollout, CompletionIndex row) =>
        rollout.Groups[row.Group].Scores![row.Sample].Total!.Value
        - (rollout.CompletionAt(row).IsTruncated ? options.TruncationPenalty : 0);
}
