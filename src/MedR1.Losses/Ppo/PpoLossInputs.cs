using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// A micro-batch for <see cref="PpoLoss"/>. The caller owns and disposes the tensors. Values at masked positions have no effect and
/// receive no gradient.
/// </summary>
public sealed record PpoLossInputs
{
    /// <summary>The policy's part; its advantages are per token, <c>[B, T]</c>, as returned by <see cref="PpoTargets"/>.</summary>
    public required PolicyLossInputs Policy { get; init; }

    /// <summary><c>[B, T]</c> the current values, with gradient.</summary>
    public required Tensor Values { get; init; }

    /// <summary><c>[B, T]</c> the returns, which are the values' targets.</summary>
    public required Tensor Returns { get; init; }

    /// <summary><c>[B, T]</c> the values during sampling, without gradient.</summary>
    /// <value>The default is <see langword="null"/>, which is sufficient if values are not clipped.</value>
    public Tensor? OldValues { get; init; }
}
