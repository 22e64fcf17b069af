using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>The state of the rows that a processor can use in addition to their logits.</summary>
/// <param name="NewTokenCounts">The number of tokens each row has generated so far.</param>
/// <param name="History">Which tokens each row contains; null unless a processor needs it.</param>
public sealed record LogitsContext(IReadOnlyList<int> NewTokenCounts, TokenHistory? History)
{
    /// <summary>
    /// The tokens each row has generated so far, for processors that constrain completions to a format or a list of texts; valid only
    /// during the call.
    /// </summary>
    /// <value>The default is empty: the caller provides none.</value>
    public IReadOnlyList<IReadOnlyList<int>> NewTokens { get; init; } = [];

    /// <summary>The prompt of each row, which carries its example, for processors whose choice depends on the question.</summary>
    /// <value>The default is empty: the caller provides none.</value>
    public IReadOnlyList<VqaPrompt> Prompts { get; init; } = [];

    /// <summary>
    /// <c>[rows]</c> float64: the token counts on the device, for a recorded choice; <see cref="NewTokenCounts"/> is then empty.
    /// </summary>
    internal Tensor? RecordedCounts { get; init; }

    /// <summary>The token lists that a recorded choice keeps on the device.</summary>
    internal TokenIndices? Indices { get; init; }

    /// <summary><c>[tokens]</c> int64 on a device; owned by the current dispose scope or by <see cref="Indices"/>.</summary>
    internal Tensor IndexOf(long[] tokenIds, Device device) => Indices?.Of(tokenIds) ?? tensor(tokenIds, device: device);
}
