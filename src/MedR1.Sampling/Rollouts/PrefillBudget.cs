using MedR1.Modeling;

using TorchSharp;

namespace MedR1.Sampling;

/// <summary>
/// Decides how many prompts are prefilled together. A small model spends most of a prompt's time between its operators, so that many
/// prompts at once cost little more than one; a large model gains nothing on the CPU, and would react late to a cancellation.
/// </summary>
internal sealed class PrefillBudget
{
    // Parameters times tokens, for a few tenths of a second.
    private const double MostProductsOnCpu = 2e10;
    private const double MostProductsElsewhere = 2e13;

    private readonly double _mostTokens;

    public PrefillBudget(IVisionLanguagePolicy policy)
    {
        double products = policy.Device.type == DeviceType.CPU ? MostProductsOnCpu : MostProductsElsewhere;
        _mostTokens = products / Math.Max(1, policy.Parameters.Sum(parameter => parameter.Value.numel()));
    }

    /// <summary>Whether a prompt may be prefilled together with others; alone it always may.</summary>
    public bool HasRoom(IReadOnlyList<EncodedPrompt> others, EncodedPrompt prompt) =>
        others.Count == 0 || others.Sum(TokensOf) + TokensOf(prompt) <= _mostTokens;

    // The vision tower treats each patch as a token.
    private static double TokensOf(EncodedPrompt prompt) =>
        prompt.TokenIds.Count + prompt.Images.Sum(image => (double)image.Grid.PatchCount);
}
