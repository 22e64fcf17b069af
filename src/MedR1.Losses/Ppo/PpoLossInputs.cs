using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// A micro-batch for <see cref="PpoLoss"/>. The caller keeps and disposes the tensors. What stands at masked places
/// never matters and takes no gradient.
/// </summary>
public sealed record PpoLossInputs
{
    /// <summary>
    /// The policy's part; its advantages are those of tokens, <c>[B, T]</c>, as <see cref="PpoTargets"/> gives them.
    /// </summary>
    public required PolicyLossInputs Policy { get; init; }

    /// <summary><c>[B, T]</c> the values now, with the gradient.</summary>
    public required Tensor Values { get; init; }

    /// <summary><c>[B, T]</c> what the values should have been.</summary>
    public required Tensor Returns { get; init; }

    /// <summary><c>[B, T]</c> the values while sampling, without gradient.</summary>
    /// <value>The default is <see langword="null"/>: not known, enough without a clip of values.</value>
    public Tensor? OldValues { get; init; }
}
