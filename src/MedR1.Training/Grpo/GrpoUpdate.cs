using MedR1.Losses;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Makes optimizer steps of a rollout: for each micro-step log-probabilities, loss and backward pass, then clip and
/// step. B rows, T tokens. One dispose scope a micro-step.
/// </summary>
internal sealed class GrpoUpdate(
    IVisionLanguagePolicy policy, IVisionLanguagePolicy? reference, IPolicyLoss loss, GrpoTrainerOptions options,
    ParameterUpdater updater, IReadOnlyList<ITrainingObserver> observers)
{
    private readonly bool _skips = options.SkipCompletionsWithoutGradient && !loss.RequiresReference
        && !loss.RequiresEntropies && options.AdaptiveEntropy is null;

    /// <summary>Moves the weight of the entropy bonus; null where it stays.</summary>
    public AdaptiveEntropyCoefficient? Entropy { get; } = options.AdaptiveEntropy is null
        ? null : new AdaptiveEntropyCoefficient(options.AdaptiveEntropy);

    /// <summary>The log-probabilities of the policy before the first update on a rollout, for ratios.</summary>
    public void RecordOldLogProbabilities(Rollout rollout, IReadOnlyList<PlannedStep> plan)
    {
        float[][][] old = [.. rollout.Groups.Select(group => new float[group.Completions.Count][])];
        using IDisposable guard = no_grad();
        foreach (MicroBatch batch in plan.SelectMany(step => step.MicroSteps)
            .Select(rows => MicroBatch.Build(rollout, rows, false)))
        {
            using DisposeScope scope = NewDisposeScope();
            if (batch.Packed.Count == 0)
            {
                continue;
            }

            using TokenStatistics statistics = policy.TokenLogProbabilities(
                batch.Packed, StatisticsOptions(withEntropies: false));
            Tensor values_BT = statistics.LogProbabilities.cpu();
            for (int row = 0; row < batch.ForwardRows.Length; row++)
            {
                CompletionIndex index = batch.Rows[batch.ForwardRows[row]];
                int tokens = rollout.CompletionAt(index).TokenCount;
                Tensor own_T = values_BT[row].narrow(0, 0, tokens).contiguous();
                old[index.Group][index.Sample] = own_T.data<float>().ToArray();
            }
        }

        // A replayed group keeps those of the policy that sampled it.
        rollout.OldLogProbabilities =
            [.. rollout.Members.Select((member, group) => member.OldLogProbabilities ?? old[group])];
    }

    /// <summary>Makes one optimizer step.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">Its completions by micro-step.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="cancellationToken">Cancels between micro-steps; the parameters have not moved then.</param>
    public GrpoStepResult Run(Rollout rollout, PlannedStep plan, long step, CancellationToken cancellationToken)
    {
        updater.Begin(step);
        LossMetricAccumulator metrics = new();
        StepCounts counts = Count(rollout, plan);
        double total = 0;
        for (int microStep = 0; microStep < plan.MicroSteps.Count; microStep++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            MicroBatch batch = MicroBatch.Build(rollout, plan.MicroSteps[microStep], _skips);
            using TokenStatistics? statistics = Score(batch);
            PolicyLossInputs inputs = MakeInputs(rollout, batch, statistics, counts);
            using PolicyLossResult result = loss.Compute(
                MeasuresEntropyApart ? inputs with { Entropies = null } : inputs);
            double value = result.Loss.ToDouble();
            total += value;
            if (!double.IsFinite(value))
            {
                Entropy?.EndStep();
                return new GrpoStepResult(
                    value, double.NaN, updater.Skip(step - 1), IsSkipped: true, metrics.ToValues());
            }

            if (result.Loss.requires_grad)
            {
                result.Loss.backward();
            }

            metrics.Add(result.Metrics);
            Observe(inputs);
            if (MeasuresEntropyApart && inputs.Entropies is Tensor entropies_BT)
            {
                metrics.Add(
                    new Dictionary<string, LossMetric> { ["entropy"] = EntropyOf(entropies_BT, rollout, batch) });
            }

            foreach (IGrpoObserver observer in observers.OfType<IGrpoObserver>())
            {
                observer.OnMicroStep(
                    new GrpoMicroStep(step, microStep, rollout, batch.Rows, inputs, value, result.Metrics));
            }
        }

        return Finish(step, total, metrics);
    }

    // With rows that stay out of the pass the loss can't take the mean entropy: theirs is not known.
    private bool MeasuresEntropyApart => _skips;

    private void Observe(PolicyLossInputs inputs)
    {
        if (Entropy is not null && inputs.Entropies is Tensor entropies_BT)
        {
            Tensor kept_BT = entropies_BT.detach().FilledWhere(inputs.Mask.logical_not(), 0);
            Entropy.Observe(
                kept_BT.sum(ScalarType.Float64).ToDouble(), inputs.Mask.sum(ScalarType.Float64).ToDouble());
        }
    }

    private static LossMetric EntropyOf(Tensor entropies_BT, Rollout rollout, MicroBatch batch) => new(
        entropies_BT.sum(ScalarType.Float64).ToDouble(),
        batch.ForwardRows.Sum(row => rollout.CompletionAt(batch.Rows[row]).TokenCount));

    private GrpoStepResult Finish(long step, double total, LossMetricAccumulator metrics)
    {
        Entropy?.EndStep();
        UpdateResult update = updater.Clip();
        if (update.IsFinite)
        {
            foreach (ITrainingObserver observer in observers)
            {
                observer.OnGradients(step);
            }
        }

        double rate = update.IsFinite ? updater.Step(step - 1) : updater.Skip(step - 1);
        return new GrpoStepResult(total, update.GradientNorm, rate, !update.IsFinite, metrics.ToValues());
    }

    private StepCounts Count(Rollout rollout, PlannedStep plan)
    {
        CompletionIndex[] rows = [.. plan.MicroSteps.SelectMany(rows => rows)];
        long own = rows.Where(rollout.IsActive).Sum(row => (long)rollout.CompletionAt(row).TokenCount);
        double divisor = options.TokenDivisor == TokenDivisor.StepTokens
            ? own
            : (double)rollout.ActiveTokenCount / options.StepsPerGeneration;
        return new StepCounts(Math.Max(1, divisor), rows.Length, plan.MicroSteps.Count);
    }

    private TokenStatistics? Score(MicroBatch batch) => batch.Packed.Count == 0 ? null : policy.TokenLogProbabilities(
        batch.Packed, StatisticsOptions(options.MeasureEntropy || loss.RequiresEntropies || Entropy is not null));

    private PolicyLossInputs MakeInputs(
        Rollout rollout, MicroBatch batch, TokenStatistics? statistics, StepCounts counts)
    {
        Tensor? logProbabilities_BT = statistics is null ? null : Spread(statistics.LogProbabilities, batch);
        Tensor? entropies_BT = statistics?.Entropies is Tensor entropies ? Spread(entropies, batch) : null;
        Tensor? reference_BT = statistics is not null && loss.RequiresReference
            ? Spread(ReferenceOf(batch), batch) : null;
        Tensor Empty() => zeros(batch.Rows.Count, batch.Width, device: policy.Device);
        return new PolicyLossInputs
        {
            LogProbabilities = logProbabilities_BT ?? Empty(),
            Mask = MaskOf(rollout, batch),
            Advantages = tensor([.. batch.Rows.Select(row => (float)rollout.AdvantageAt(row))], device: policy.Device),
            OldLogProbabilities = rollout.OldLogProbabilities is null ? null : OldOf(rollout, batch),
            ReferenceLogProbabilities = loss.RequiresReference ? reference_BT ?? Empty() : null,
            Entropies = entropies_BT ?? (loss.RequiresEntropies || Entropy is not null ? Empty() : null),
            EntropyCoefficient = Entropy?.Applied,
            TokensInStep = counts.Tokens,
            RowsInStep = counts.Rows,
            AccumulationSteps = counts.MicroSteps,
            MaxCompletionLength = options.MaxNewTokens,
        };
    }

    private Tensor ReferenceOf(MicroBatch batch)
    {
        using IDisposable guard = no_grad();
        using TokenStatistics statistics = reference!.TokenLogProbabilities(
            batch.Packed, StatisticsOptions(withEntropies: false));
        return statistics.LogProbabilities.alias();
    }

    private TokenStatisticsOptions StatisticsOptions(bool withEntropies) => new()
    {
        Temperature = options.Temperature,
        SuppressedTokenIds = options.SuppressVisionTokensInLoss
            ? [.. policy.SuppressedTokenIds.Union(options.SuppressedTokenIds)] : options.SuppressedTokenIds,
        WithEntropies = withEntropies,
        WithEntropyGradient = withEntropies && (loss.RequiresEntropyGradient || Entropy is not null),
    };

    // What the policy gave stands in the rows that went through it and is padded to the width of all rows.
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

    private Tensor MaskOf(Rollout rollout, MicroBatch batch)
    {
        Tensor lengths_B = tensor(
            [.. batch.Rows.Select(row => rollout.IsActive(row) ? (long)rollout.CompletionAt(row).TokenCount : 0L)],
            device: policy.Device);
        return TensorArithmetic.CountTo(batch.Width, policy.Device).lt(lengths_B.unsqueeze(1));
    }

    private Tensor OldOf(Rollout rollout, MicroBatch batch)
    {
        float[] values = new float[batch.Rows.Count * batch.Width];
        foreach (int row in batch.ForwardRows)
        {
            CompletionIndex index = batch.Rows[row];
            rollout.OldLogProbabilities![index.Group][index.Sample].CopyTo(values, row * batch.Width);
        }

        return tensor(values, [batch.Rows.Count, batch.Width], device: policy.Device);
    }

    private sealed record StepCounts(double Tokens, int Rows, int MicroSteps);
}
