using TorchSharp;
using TorchSharp.Modules;

namespace MedR1.Modeling;

/// <summary>Freezes parts of a policy or assigns them separate learning rates.</summary>
public static class PolicyParts
{
    /// <summary>Returns the parameters of a part.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="part">The part.</param>
    public static IEnumerable<KeyValuePair<string, Parameter>> ParametersOf(
        this IVisionLanguagePolicy policy, ModelPart part)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Parameters.Where(pair => policy.PartOf(pair.Key) == part);
    }

    /// <summary>Freezes parts: they take no gradient, trainers skip them, and the backward pass stops there.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="parts">The parts.</param>
    public static void Freeze(this IVisionLanguagePolicy policy, params IReadOnlyList<ModelPart> parts) =>
        Set(policy, parts, takesGradient: false);

    /// <summary>Makes parts trainable again.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="parts">The parts.</param>
    /// <exception cref="InvalidOperationException">
    /// The policy has an adapter and a part belongs to its base, whose changes the adapter's files could not store; or the
    /// policy holds 8-bit weights, which cannot be saved.
    /// </exception>
    public static void Unfreeze(this IVisionLanguagePolicy policy, params IReadOnlyList<ModelPart> parts)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(parts);
        if (policy is LoraPolicy && parts.Any(part => part != ModelPart.Adapter))
        {
            throw new InvalidOperationException(
                "With an adapter the base stays frozen, because the adapter's files can't store its changes; name "
                + "the modules in LoraOptions.ModulesToSave, which trains copies of them.");
        }

        if (policy.HasQuantizedWeights() && parts.Any(part => part != ModelPart.Adapter))
        {
            throw new InvalidOperationException(
                "The policy has 8-bit weights, which can't be trained, and it could not be saved after training the others: "
                + "add an adapter with LoraPolicy.Create, or load the policy without quantization.");
        }

        Set(policy, parts, takesGradient: true);
    }

    /// <summary>Whether the policy holds 8-bit weights; such a policy can train only adapters.</summary>
    /// <param name="policy">The policy.</param>
    public static bool HasQuantizedWeights(this IVisionLanguagePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Parameters.Any(pair => !torch.is_floating_point(pair.Value.dtype));
    }

    /// <summary>
    /// Creates a function for a trainer's <c>LearningRateOf</c> that assigns learning rates by part; parts not listed use the
    /// trainer's rate.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="rates">The rate of each part.</param>
    public static Func<string, double?> LearningRates(
        this IVisionLanguagePolicy policy, params IReadOnlyList<(ModelPart Part, double Rate)> rates)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(rates);
        foreach ((ModelPart part, double rate) in rates)
        {
            if (!(rate >= 0 && double.IsFinite(rate)))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(rates), rate, $"The learning rate of {part} must be a finite number of at least 0.");
            }
        }

        Dictionary<ModelPart, double> byPart = rates.ToDictionary(pair => pair.Part, pair => pair.Rate);
        return name => byPart.TryGetValue(policy.PartOf(name), out double rate) ? rate : null;
    }

    private static void Set(IVisionLanguagePolicy policy, IReadOnlyList<ModelPart> parts, bool takesGradient)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(parts);
        foreach ((_, Parameter parameter) in policy.Parameters.Where(pair => parts.Contains(policy.PartOf(pair.Key))))
        {
            parameter.requires_grad = takesGradient;
        }
    }
}
