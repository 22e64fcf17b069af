using MedR1.Losses;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Makes optimizer steps from a rollout: log-probabilities, loss and backward pass for each micro-step, then clipping and the step. B rows,
/// T tokens. One dispose scope per micro-step.
/// </summary>
internal sealed class PolicyUpdate(
    IVisionLanguagePolicy policy, IVisionLanguagePolicy? reference, IPolicyLoss loss,
    RolloutTrainerOptions options, ParameterUpdater updater, IReadOnlyList<ITrainingObserver> observers,
    bool skipsWithoutGradient = false)
{
    private const int LossStream = 6;

    // Image features that policy and reference share are computed once, without gradients. Lazy, because this is unknown until a checkpoint
    // is read: a tower that is frozen now may have been trained before.
    private readonly Lazy<bool> _sharesVision = new(
        () => loss.RequiresReference && reference is not null && policy.SharesVisionWith(reference));

    /// <summary>
    /// Whether completions without a gradient may be left out of the passes, since the loss needs nothing else from them.
    /// </summary>
    public bool MaySkip { get; } = !loss.RequiresReference && !loss.RequiresEntropies && !loss.ComparesAllCompletions
        && options.AdaptiveEntropy is null;

    /// <summary>Whether completions without a gradient are left out of the passes.</summary>
    public bool Skips => skipsWithoutGradient && MaySkip;

    /// <summary>Adjusts the weight of the entropy bonus; null if the weight is fixed.</summary>
    public AdaptiveEntropyCoefficient? Entropy { get; } = options.AdaptiveEntropy is null
        ? null : new AdaptiveEntropyCoefficient(options.AdaptiveEntropy);

    /// <summary>Resumes from the state in a checkpoint.</summary>
    public void Restore(RunState state)
    {
        if (Entropy is not null && state.Entropy is not null)
        {
            Entropy.State = state.Entropy;
        }
    }

    /// <summary>Records the policy's log-probabilities before the first update on a rollout, for ratios.</summary>
    public void RecordOldLogProbabilities(Rollout rollout, IReadOnlyList<PlannedStep> plan, CancellationToken cancellationToken)
    {
        float[][][] old = RecordLogProbabilities(policy, rollout, plan, cancellationToken);

        // A replayed group keeps those of the policy that sampled it.
        rollout.OldLogProbabilities =
            [.. rollout.Members.Select((member, group) => member.OldLogProbabilities ?? old[group])];
    }

    /// <summary>A model's log-probabilities of a rollout's tokens, computed as in the update.</summary>
    public float[][][] RecordLogProbabilities(
        IVisionLanguagePolicy model, Rollout rollout, IReadOnlyList<PlannedStep> plan, CancellationToken cancellationToken) =>
        TokenNumbers.Record(rollout, plan, packed => LogProbabilitiesOf(model, packed), cancellationToken);

    /// <summary>Makes one optimizer step.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">The step's completions by micro-step.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="cancellationToken">Cancels between micro-steps, before the parameters are updated.</param>
    public PolicyStepResult Run(Rollout rollout, PlannedStep plan, long step, CancellationToken cancellationToken)
    {
        policy.BeginStep(step);
        Entropy?.BeginStep();
        updater.ZeroGradients();
        LossMetricAccumulator metrics = new();
        StepCounts counts = Count(rollout, plan);
        double total = 0;
        for (int microStep = 0; microStep < plan.MicroSteps.Count; microStep++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            using IDisposable gradients = UserCode.EnableGradients();
            MicroBatch batch = MicroBatch.Build(rollout, plan.MicroSteps[microStep], Skips);
            Tensor? features = _sharesVision.Value ? Features(batch) : null;
            using TokenStatistics? statistics = Score(batch, features);
            PolicyLossInputs inputs = MakeInputs(rollout, batch, statistics, features, counts) with
            {
                Seed = SeedMixer.Mix(SeedMixer.Mix(options.Seed, step, LossStream), microStep),
            };

            // The entropy of rows that are left out of the pass is unknown: the loss can't compute the mean, which is measured below.
            PolicyLossInputs given = Skips ? inputs with { Entropies = null } : inputs;
            using PolicyLossResult result = UserCode.Call(() => loss.Compute(given), $"The loss {loss.GetType().Name}");
            double value = result.Loss.ToDouble();
            total += value;
            if (!double.IsFinite(value))
            {
                // What was observed so far is not the step's entropy; it is discarded when the next step begins.
                return new PolicyStepResult(
                    value, double.NaN, updater.Skip(step - 1), IsSkipped: true, ValuesOf(metrics));
            }

            if (result.Loss.requires_grad)
            {
                result.Loss.backward();
            }

            metrics.Add(result.Metrics);
            Observe(inputs, result);
            if (Skips && inputs.Entropies is Tensor entropies_BT)
            {
                metrics.Add(
                    new Dictionary<string, LossMetric> { [TrainingMetricNames.Entropy] = EntropyOf(inputs, entropies_BT, batch) });
            }

            PolicyMicroStep done = new(step, microStep, rollout, batch.Rows, inputs, value, result.Metrics);
            UserCode.Tell<IRolloutObserver>(observers, observer => observer.OnMicroStep(done));
        }

        return Finish(step, total, metrics);
    }

    private void Observe(PolicyLossInputs inputs, PolicyLossResult result)
    {
        if (Entropy is not null && inputs.Entropies is Tensor entropies_BT)
        {
            // A custom loss need not report which tokens its bonus applies to: then all count.
            LossMetric observed = result.BonusEntropy ?? new LossMetric(
                entropies_BT.detach().FilledWhere(inputs.Mask.logical_not(), 0).sum(ScalarType.Float64).ToDouble(),
                inputs.Mask.sum(ScalarType.Float64).ToDouble());
            Entropy.Observe(observed.Sum, observed.Weight);
        }
    }

    private static LossMetric EntropyOf(PolicyLossInputs inputs, Tensor entropies_BT, MicroBatch batch) => new(
        entropies_BT.FilledWhere(inputs.Mask.logical_not(), 0).sum(ScalarType.Float64).ToDouble(),
        batch.ForwardRows.Sum(batch.LengthOf));

    private PolicyStepResult Finish(long step, double total, LossMetricAccumulator metrics)
    {
        UpdateResult update = updater.Clip();
        if (update.IsFinite)
        {
            UserCode.Tell<ITrainingObserver>(observers, observer => observer.OnGradients(step));
        }

        double rate = update.IsFinite ? updater.Step(step - 1) : updater.Skip(step - 1);
        Entropy?.EndStep();
        return new PolicyStepResult(total, update.GradientNorm, rate, !update.IsFinite, ValuesOf(metrics));
    }

    private Dictionary<string, double> ValuesOf(LossMetricAccumulator metrics)
    {
        Dictionary<string, double> values = new(metrics.ToValues());
        if (Entropy is not null)
        {
            values[TrainingMetricNames.EntropyCoefficient] = Entropy.Coefficient;
        }

        return values;
    }

    private StepCounts Count(Rollout rollout, PlannedStep plan)
    {
        CompletionIndex[] rows = [.. plan.MicroSteps.SelectMany(rows => rows)];
        int[] lengths = [.. rows.Where(rollout.IsActive).Select(row => rollout.CompletionAt(row).TokenCount)];
        long own = lengths.Sum(length => (long)length);
        double divisor = options.TokenDivisor == TokenDivisor.StepTokens
            ? own
            : (double)rollout.ActiveTokenCount / rollout.StepCount;
        return new StepCounts(
            Math.Max(1, divisor), rows.Length, lengths.Length, plan.MicroSteps.Count);
    }

    private Tensor? Features(MicroBatch batch)
    {
        using IDisposable guard = no_grad();
        return batch.Packed.Count == 0 ? null : policy.EncodeImages([.. batch.Packed.Select(group => group.Prompt)]);
    }

    private TokenStatistics? Score(MicroBatch batch, Tensor? features) => batch.Packed.Count == 0
        ? null
        : Compute(
            policy, batch.Packed, options.MeasureEntropy || loss.RequiresEntropies || Entropy is not null, features);

    private PolicyLossInputs MakeInputs(
        Rollout rollout, MicroBatch batch, TokenStatistics? statistics, Tensor? features, StepCounts counts)
    {
        Tensor? logProbabilities_BT = statistics is null ? null : Spread(statistics.LogProbabilities, batch);
        Tensor? entropies_BT = statistics?.Entropies is Tensor entropies ? Spread(entropies, batch) : null;
        Tensor? reference_BT = statistics is not null && loss.RequiresReference
            ? Spread(ReferenceOf(batch, features), batch) : null;
        Tensor Empty() => zeros(batch.Rows.Count, batch.Width, device: policy.Device);
        return new PolicyLossInputs
        {
            LogProbabilities = logProbabilities_BT ?? Empty(),
            Mask = batch.Mask(policy.Device),
            Advantages = rollout.TokenAdvantages is null
                ? tensor([.. batch.Rows.Select(row => (float)rollout.AdvantageAt(row))], device: policy.Device)
                : TokenNumbers.ToMatrix(rollout.TokenAdvantages, batch, policy.Device),
            OldLogProbabilities = rollout.OldLogProbabilities is null
                ? null : TokenNumbers.ToMatrix(rollout.OldLogProbabilities, batch, policy.Device),
            SamplerLogProbabilities = loss.RequiresSamplerLogProbabilities
                ? TokenNumbers.OfSampler(rollout, batch, policy.Device) : null,
            ReferenceLogProbabilities = loss.RequiresReference ? reference_BT ?? Empty() : null,
            Entropies = entropies_BT ?? (loss.RequiresEntropies || Entropy is not null ? Empty() : null),
            EntropyCoefficient = Entropy?.Applied,
            TokensInStep = counts.Tokens,
            RowsInStep = counts.Rows,
            NonEmptyRowsInStep = counts.NonEmptyRows,
            AccumulationSteps = counts.MicroSteps,
            MaxCompletionLength = options.MaxNewTokens,
        };
    }

    private Tensor ReferenceOf(MicroBatch batch, Tensor? features)
    {
        using IDisposable guard = no_grad();
        return LogProbabilitiesOf(reference!, batch.Packed, features);
    }

    private Tensor LogProbabilitiesOf(
        IVisionLanguagePolicy model, IReadOnlyList<PackedGroup> packed, Tensor? features = null)
    {
        using TokenStatistics statistics = Compute(model, packed, withEntropies: false, features);
        return statistics.LogProbabilities.alias();
    }

    private TokenStatistics Compute(
        IVisionLanguagePolicy model, IReadOnlyList<PackedGroup> packed, bool withEntropies, Tensor? features) =>
        DistinctCompletions.TokenLogProbabilities(model, packed, StatisticsOptions(withEntropies), features);

    private TokenStatisticsOptions StatisticsOptions(bool withEntropies) => new()
    {
        Temperature = options.Temperature,
        SuppressedTokenIds = options.SuppressVisionTokensInLoss
            ? options.SuppressedTokensOf(policy) : options.SuppressedTokenIds,
        WithEntropies = withEntropies,
        WithEntropyGradient = withEntropies && (loss.RequiresEntropyGradient || Entropy is not null),
    };

    // The policy's output has only the rows that went through it; it is padded to the width of all rows.
    private Tensor Spread(Tensor values, MicroBatch batch)
    {
        long missing = batch.Width - values.shape[1];
        Tensor padded = missing == 0 ? values : nn.functional.pad(values, [0, missing]);
        if (batch.ForwardRows.Length == batch.Rows.Count)
        {
            return padded;
        }

        Tensor rows = tensor([.. batch.ForwardRows.Select(row => (long)row)], device: policy.Device);
        return zeros(batch.Rows.Count, batch.Width, values.dtype, policy.Device).index_copy(0, rows, padded);
    }

    private sealed record StepCounts(double Tokens, int Rows, int NonEmptyRows, int MicroSteps);
}
