using MedR1.Modeling;

namespace MedR1.Testing;

/// <summary>
/// Checks that a policy does what sampling and training rely on: cached decoding gives the log-probabilities of the training pass, rows,
/// prompts and images don't influence each other, and gradients reach the parameters. For the tests of a new model family.
/// </summary>
public static class PolicyContract
{
    /// <summary>The default tolerance: rounding in float32.</summary>
    public const double DefaultTolerance = 1e-4;

    /// <summary>The number of tokens of the longest completion that is used.</summary>
    public const int CompletionTokens = 6;

    /// <summary>
    /// Checks a policy. Its parameters keep their values but lose their gradients; a part that throws counts as a violation. Dropout
    /// hides differences of gradients, which are then not compared.
    /// </summary>
    /// <param name="policy">
    /// The policy, preferably of a few thousand random parameters that are far from zero, so that every part shows in the result.
    /// </param>
    /// <param name="prompts">
    /// At least two prompts of different lengths, with room for <see cref="CompletionTokens"/> more tokens. Only what they contain is
    /// checked: give prompts with no, one and several images of different sizes, and two that begin alike.
    /// </param>
    /// <param name="tolerance">The largest difference of two numbers, relative to the larger of 1 and their size.</param>
    /// <param name="seed">The seed of the completions.</param>
    /// <returns>One sentence for each violation; empty if there is none.</returns>
    /// <exception cref="ArgumentException">There are fewer than two prompts, or one leaves no room for a completion.</exception>
    public static IReadOnlyList<string> FindViolations(
        IVisionLanguagePolicy policy, IReadOnlyList<EncodedPrompt> prompts, double tolerance = DefaultTolerance, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(prompts);
        ContractCase given = new(policy, prompts, tolerance, seed);
        List<string> violations = [];
        foreach ((string subject, Action<ContractCase> check) in
            DescriptionContract.Checks.Concat(ImageContract.Checks).Concat(CacheContract.Checks).Concat(TrainingContract.Checks))
        {
            try
            {
                check(given);
            }
            catch (Exception exception)
            {
                violations.Add(exception is ContractBreach
                    ? $"{subject}: {exception.Message}"
                    : $"{subject}: {exception.GetType().Name}, {exception.Message}");
            }
        }

        return violations;
    }

    /// <summary>Throws if a policy breaks its contract; see <see cref="FindViolations"/>.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="prompts">Prompts as for <see cref="FindViolations"/>.</param>
    /// <param name="tolerance">The largest difference of two numbers, relative to the larger of 1 and their size.</param>
    /// <param name="seed">The seed of the completions.</param>
    /// <exception cref="PolicyContractException">The policy breaks its contract.</exception>
    /// <exception cref="ArgumentException">There are fewer than two prompts, or one leaves no room for a completion.</exception>
    public static void Require(
        IVisionLanguagePolicy policy, IReadOnlyList<EncodedPrompt> prompts, double tolerance = DefaultTolerance, long seed = 0)
    {
        IReadOnlyList<string> violations = FindViolations(policy, prompts, tolerance, seed);
        if (violations.Count > 0)
        {
            throw new PolicyContractException(policy.GetType().Name, violations);
        }
    }
}
