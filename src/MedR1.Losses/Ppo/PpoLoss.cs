using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// PPO (Schulman et al., arXiv 1707.06347, equation 9): the policy's clipped ratio with an advantage for each token, plus c₁ times
/// the value head's loss, minus the entropy bonus. Immutable; any number of threads may share one instance.
/// </summary>
public sealed class PpoLoss
{
    private readonly GrpoLoss _policy;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">The options; null for the paper's.</param>
    /// <exception cref="InvalidLossOptionsException">The options are invalid; the exception lists every mistake.</exception>
    public PpoLoss(PpoLossOptions? options = null)
    {
        Options = options ?? new PpoLossOptions();
        IReadOnlyList<string> problems = Options.Validate();
        if (problems.Count > 0)
        {
            throw new InvalidLossOptionsException("loss", problems);
        }

        _policy = new GrpoLoss(Options.Policy);
    }

    /// <summary>The options.</summary>
    public PpoLossOptions Options { get; }

    /// <summary>The policy's part, which says whether it requires a reference, entropies and their gradient.</summary>
    public IPolicyLoss Policy => _policy;

    /// <summary>Computes the loss of a micro-batch, reduced in the same way as the policy's part, and its metrics.</summary>
    /// <remarks>
    /// The trainer computes the critic's loss in a separate backward pass and always averages it over the step's tokens, which is
    /// the default of <see cref="GrpoLossOptions.Normalization"/>.
    /// </remarks>
    /// <param name="inputs">The micro-batch.</param>
    /// <returns>The loss to call <c>backward</c> on; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Something is missing or has the wrong shape.</exception>
    public PolicyLossResult Compute(PpoLossInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        PolicyLossResult policy = _policy.Compute(inputs.Policy);
        PolicyBatch batch = PolicyBatch.Prepare(inputs.Policy);
        if (!batch.HasTokenAdvantages)
        {
            throw new ArgumentException(
                $"Policy.Advantages has shape {Guard.Show(inputs.Policy.Advantages)}, expected [B, T]: PPO has one for "
                + "each token, see PpoTargets.",
                nameof(inputs));
        }

        Tensor values_BT = Clean(batch, inputs.Values, nameof(inputs.Values));
        Tensor returns_BT = Clean(batch, inputs.Returns, nameof(inputs.Returns)).detach();
        Tensor? old_BT = inputs.OldValues is null
            ? null : Clean(batch, inputs.OldValues, nameof(inputs.OldValues)).detach();
        (Tensor free_BT, Tensor? clipped_BT) = ValueLoss.Squares(values_BT, returns_BT, old_BT, Options.ValueClip);
        Tensor terms_BT = (clipped_BT is null ? free_BT : maximum(free_BT, clipped_BT)).DividedBy(2);

        MetricCollector metrics = new();
        (Tensor value, Tensor sum, Tensor weight, LossMetricKind kind) =
            LossReduction.Reduce(Options.Policy.Normalization, terms_BT, batch);
        metrics.Add(LossMetricNames.ValueLoss, sum.detach(), weight, kind);
        metrics.Add(LossMetricNames.Values, values_BT.detach().sum(), batch.TokenCount);
        metrics.Add(LossMetricNames.Returns, returns_BT.sum(), batch.TokenCount);
        if (clipped_BT is not null)
        {
            metrics.Add(
                LossMetricNames.ValueClipRatio, clipped_BT.gt(free_BT).logical_and(batch.Active_BT).sum(), batch.TokenCount);
        }

        Tensor loss = policy.Loss.Plus(value.Times(Options.ValueCoefficient));
        Dictionary<string, LossMetric> measured = new(policy.Metrics);
        foreach ((string name, LossMetric metric) in metrics.Read())
        {
            measured.Add(name, metric);
        }

        return new PolicyLossResult(loss.MoveToOuterDisposeScope(), measured) { BonusEntropy = policy.BonusEntropy };
    }

    private static Tensor Clean(PolicyBatch batch, Tensor value, string name)
    {
        Guard.SameShape(value, batch.LogProbabilities_BT, name, "Policy.LogProbabilities");
        return value.to(batch.DataType).FilledWhere(batch.Padding_BT, 0);
    }
}
