using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>What a processor can know about the rows in addition to their logits.</summary>
/// <param name="NewTokenCounts">The number of tokens each row has generated so far.</param>
/// <param name="History">Which tokens each row contains; null unless a processor needs it.</param>
public sealed record LogitsContext(IReadOnlyList<int> NewTokenCounts, TokenHistory? History)
{
    /// <summary>
    /// The tokens each row has generated so far, for processors that continue a form or a list of texts; they are valid only
    /// during the call.
    /// </summary>
    /// <value>The default is empty: the caller has no rows of its own.</value>
    public IReadOnlyList<IReadOnlyList<int>> NewTokens { get; init; } = [];

    /// <summary>The prompt of each row, which carries its example, for processors whose choice depends on the question.</summary>
    /// <value>The default is empty: the caller has no prompts.</value>
    public IReadOnlyList<VqaPrompt> Prompts { get; init; } = [];

    /// <summary>
    /// <c>[rows]</c> float64: the counts on the device, where the choice is recorded. The list is empty then.
    /// </summary>
    internal Tensor? RecordedCounts { get; init; }

    /// <summary>What a recorded choice keeps on the device.</summary>
    internal TokenIndices? Indices { get; init; }

    /// <summary><c>[tokens]</c> int64 on a device; the current dispose scope frees it, or nobody.</summary>
    internal Tensor IndexOf(long[] tokenIds, Device device) => Indices?.Of(tokenIds) ?? tensor(tokenIds, device: device);
}
