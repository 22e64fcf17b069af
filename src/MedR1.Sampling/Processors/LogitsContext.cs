using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>What a processor can know about the rows in addition to their logits.</summary>
/// <param name="NewTokenCounts">The number of tokens each row has generated so far.</param>
/// <param name="History">Which tokens each row contains; null unless a processor needs it.</param>
public sealed record LogitsContext(IReadOnlyList<int> NewTokenCounts, TokenHistory? History)
{
    /// <summary>
    /// <c>[rows]</c> float64: the counts on the device, where the choice is recorded. The list is empty then.
    /// </summary>
    internal Tensor? RecordedCounts { get; init; }

    /// <summary>What a recorded choice keeps on the device.</summary>
    internal TokenIndices? Indices { get; init; }

    /// <summary><c>[tokens]</c> int64 on a device; the current dispose scope frees it, or nobody.</summary>
    internal Tensor IndexOf(long[] tokenIds, Device device) => Indices?.Of(tokenIds) ?? tensor(tokenIds, device: device);
}
