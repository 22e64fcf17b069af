using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The GRPO family as one function: ratio, token term, masks, sampler correction, KL divergence, normalisation, entropy bonus, in
/// this order. <see cref="GrpoLossOptions"/> selects the member of the family. Immutable; any number of threads may share one
/// instance. Suffixes: B rows, T tokens, 1 a broadcast axis.
/// </summary>
public sealed class GrpoLoss : IPolicyLoss
{
    private const string BonusEntropy = "bonus entropy";
    private readonly TokenObjective _objective;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">The member of the family, such as <see cref="GrpoLossOptions.MedR1"/>.</param>
    /// <exception cref="InvalidLossOptionsException">The options are invalid; the exception lists every mistake.</exception>
    public GrpoLoss(GrpoLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<string> problems = options.Validate();
        if (problems.Count > 0)
        {
            throw new InvalidLossOptionsException("loss", problems);
        }

        Options = options;
        _objective = TokenObjective.Create(options);
    }

    /// <summary>The options.</summary>
    public GrpoLossOptions Options { get; }

    /// <inheritdoc/>
    public bool RequiresReference => Options.KlCoefficient != 0;

    /// <inheritdoc/>
    public bool RequiresSamplerLogProbabilities => Options.SamplerCorrection is not null;

    /// <inheritdoc/>
    public bool RequiresEntropies => RequiresEntropyGradient || Options.TopEntropyQuantile < 1;

    /// <inheritdoc/>
    public bool RequiresEntropyGradient => Options.EntropyCoefficient != 0;

    /// <inheritdoc/>
    public bool MasksTruncatedCompletions => Options.MaskTruncatedCompletions;

    /// <inheritdoc/>
    public bool ComparesAllCompletions => Options.Objective is PolicyObjective.ClipCovariance or PolicyObjective.KlCovariance;

    /// <inheritdoc/>
    public PolicyLossResult Compute(PolicyLossInputs inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyBatch batch = PolicyBatch.Prepare(inputs);
        RequireWhatOptionsNeed(inputs);
        RefuseTokenAdvantages(batch);
        MetricCollector metrics = new();

        Tensor ratio = PolicyRatio.Compute(Options.ImportanceSamplingLevel, batch);
        Tensor? sampler_BT = batch.Sampler_BT();
        Tensor? samplerRatio = SamplerRatio(batch, sampler_BT, metrics);
        Tensor terms = _objective.Terms(batch, ratio, samplerRatio);
        if (Options.OffPolicyMaskThreshold is double threshold)
        {
            terms = terms * OffPolicyMask.Compute(
                batch.LogProbabilities_BT, sampler_BT ?? batch.Old_BT, batch.Active_BT, batch.Advantages, threshold);
        }

        Tensor chosen_BT = batch.Active_BT;
        if (Options.TopEntropyQuantile < 1)
        {
            chosen_BT = TopEntropyMask.Compute(batch.Entropies_BT!, batch.Active_BT, Options.TopEntropyQuantile);
            terms = terms * chosen_BT;
        }

        if (samplerRatio is not null && !_objective.AppliesSamplerRatio)
        {
            terms = terms * samplerRatio;
        }

        if (RequiresReference)
        {
            Tensor kl_BT = PolicyKl.Compute(Options, batch, ratio);
            terms = terms.Plus(kl_BT.Times(Options.KlCoefficient));
            metrics.Add(LossMetricNames.KlDivergence, (kl_BT.detach() * batch.Mask_BT).sum(), batch.TokenCount);
        }

        (Tensor loss, Tensor sum, Tensor weight, LossMetricKind kind) =
            LossReduction.Reduce(Options.Normalization, terms, batch);
        metrics.Add(LossMetricNames.PolicyLoss, sum.detach(), weight, kind);
        loss = SubtractEntropyBonus(loss, batch, chosen_BT, metrics);
        Measure(metrics, batch, chosen_BT, ratio.detach(), samplerRatio);

        // The bonus entropy is read together with the metrics, in one device synchronization, but is not one of them.
        Dictionary<string, LossMetric> measured = metrics.Read();
        return new PolicyLossResult(loss.MoveToOuterDisposeScope(), measured)
        {
            BonusEntropy = measured.Remove(BonusEntropy, out LossMetric entropy) ? entropy : null,
        };
    }

    private Tensor? SamplerRatio(PolicyBatch batch, Tensor? sampler_BT, MetricCollector metrics)
    {
        if (sampler_BT is null)
        {
            return null;
        }

        using IDisposable noGrad = no_grad();
        Tensor difference_BT = SamplerCorrection.Difference(
            batch.Old_BT, sampler_BT, batch.Active_BT, out Tensor scored_BT);
        SamplerCorrectionOptions? correction = Options.SamplerCorrection;
        Tensor? ratio = correction is null ? null : SamplerCorrection.Bound(difference_BT, correction);
        SamplerCorrection.AddMetrics(
            metrics, difference_BT, scored_BT, batch.Active_BT, ratio,
            correction is not null && SamplerCorrection.IsOfSequences(correction.Mode));
        return ratio;
    }

    private Tensor SubtractEntropyBonus(Tensor loss, PolicyBatch batch, Tensor chosen_BT, MetricCollector metrics)
    {
        double coefficient = batch.Inputs.EntropyCoefficient ?? Options.EntropyCoefficient;
        if (!RequiresEntropyGradient && coefficient == 0)
        {
            return loss;
        }

        Tensor one = ones([], batch.DataType, loss.device);
        metrics.Add(LossMetricNames.EntropyCoefficient, one.Times(coefficient), one);
        if (coefficient == 0)
        {
            return loss;
        }

        Tensor chosenMask_BT = chosen_BT.to(batch.DataType);
        Tensor mean = (batch.Entropies_BT! * chosenMask_BT).sum() / chosenMask_BT.sum().Limited(least: 1);
        return loss - mean.Times(coefficient / batch.Inputs.AccumulationSteps);
    }

    private void Measure(
        MetricCollector metrics, PolicyBatch batch, Tensor chosen_BT, Tensor ratio, Tensor? samplerRatio)
    {
        using IDisposable noGrad = no_grad();
        if (batch.Entropies_BT is not null)
        {
            metrics.Add(LossMetricNames.Entropy, batch.Entropies_BT.sum(), batch.TokenCount);
            metrics.Add(BonusEntropy, (batch.Entropies_BT * chosen_BT).sum(), chosen_BT.sum());
        }

        if (_objective is VespoObjective vespo)
        {
            Tensor weight_B1 = vespo.Weight(batch, samplerRatio);
            Tensor rows = tensor((double)batch.Rows, batch.DataType, weight_B1.device);
            metrics.Add(LossMetricNames.VespoWeight, weight_B1.sum(), rows);
        }

        bool perRow = PolicyRatio.IsPerRow(Options.ImportanceSamplingLevel) && !batch.HasTokenAdvantages;
        _objective.AddMetrics(metrics, batch, ratio, perRow);
    }

    // Terms of whole completions don't support token advantages.
    private void RefuseTokenAdvantages(PolicyBatch batch)
    {
        string? judge = !batch.HasTokenAdvantages ? null
            : Options.Normalization == LossNormalization.CompletionTerm ? nameof(LossNormalization.CompletionTerm)
            : Options.Objective is PolicyObjective.Vespo or PolicyObjective.GeometricMean ? Options.Objective.ToString()
            : Options.OffPolicyMaskThreshold is not null ? nameof(Options.OffPolicyMaskThreshold)
            : null;
        if (judge is not null)
        {
            throw new ArgumentException(
                $"Advantages has shape {Guard.Show(batch.Inputs.Advantages)}, one for each token, but {judge} applies to "
                + $"whole completions: give one for each of the {batch.Rows} rows.", "inputs");
        }
    }

    private void RequireWhatOptionsNeed(PolicyLossInputs inputs)
    {
        if (RequiresReference && inputs.ReferenceLogProbabilities is null)
        {
            throw new ArgumentException(
                $"ReferenceLogProbabilities is null, but KlCoefficient is {Options.KlCoefficient.ToText()}: give the "
                + "reference's, or set KlCoefficient to 0.", nameof(inputs));
        }

        bool bonus = (inputs.EntropyCoefficient ?? Options.EntropyCoefficient) != 0;
        if ((bonus || Options.TopEntropyQuantile < 1) && inputs.Entropies is null)
        {
            throw new ArgumentException(
                "Entropies is null, but the entropy bonus or TopEntropyQuantile needs it: compute it with the "
                + "log-probabilities.",
                nameof(inputs));
        }

        if (Options.SamplerCorrection is not null && inputs.SamplerLogProbabilities is null)
        {
            throw new ArgumentException(
                "SamplerLogProbabilities is null, but SamplerCorrection is set: give the sampler's, or set the correction to null.",
                nameof(inputs));
        }

        if (Options.Objective == PolicyObjective.ClipCovariance && inputs.Seed is null)
        {
            throw new ArgumentException(
                "Seed is null, but ClipCovariance draws tokens at random: give a number that differs for each micro-batch.",
                nameof(inputs));
        }

        if (Options.Normalization == LossNormalization.MaxCompletionLength && !(inputs.MaxCompletionLength >= 1))
        {
            throw new ArgumentException(
                $"MaxCompletionLength is {inputs.MaxCompletionLength?.ToString() ?? "null"}, but the "
                + "normalisation divides by it: give the sampler's limit of new tokens.", nameof(inputs));
        }

        if (Options.Normalization == LossNormalization.StepTokens
            && inputs is { TokensInStep: null, AccumulationSteps: > 1 })
        {
            throw new ArgumentException(
                $"TokensInStep is null with {inputs.AccumulationSteps} accumulation steps: count the active "
                + "tokens of all micro-batches of the optimizer step, or use StepTokenCount.", nameof(inputs));
        }
    }
}
