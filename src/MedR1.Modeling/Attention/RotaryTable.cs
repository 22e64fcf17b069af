using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Cosines and sines of rotary position embeddings (Su et al., 2021) for a sequence of tokens, in the half-split form: dimension
/// j is rotated with dimension j + d/2. The sines of the first half include the minus sign of the rotation, so that a rotation is
/// one roll, two products and a sum.
/// </summary>
public sealed class RotaryTable : IDisposable
{
    private readonly Tensor _cosine_NXD;
    private readonly Tensor _signedSine_NXD;

    private RotaryTable(Tensor cosine_NXD, Tensor signedSine_NXD)
    {
        _cosine_NXD = cosine_NXD;
        _signedSine_NXD = signedSine_NXD;
    }

    /// <summary><c>[N, 1, d]</c></summary>
    internal Tensor Cosine => _cosine_NXD;

    /// <summary><c>[N, 1, d]</c>, the first half including the minus sign of the rotation.</summary>
    internal Tensor SignedSine => _signedSine_NXD;

    /// <summary>Creates a table from angles.</summary>
    /// <param name="angles"><c>[N, d/2]</c> float32 angles.</param>
    /// <param name="dataType">
    /// The data type in which vectors are rotated; the cosines are computed in float32 and then cast.
    /// </param>
    public static RotaryTable FromAngles(Tensor angles, ScalarType dataType)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor sine = angles.sin();
        Tensor cosine = angles.cos();
        Tensor cosine_NXD = cat([cosine, cosine], -1).unsqueeze(1).to(dataType);
        Tensor sine_NXD = cat([-sine, sine], -1).unsqueeze(1).to(dataType);
        return new RotaryTable(Detach(cosine_NXD), Detach(sine_NXD));
    }

    /// <summary>Creates a table for some of the tokens; the caller disposes it.</summary>
    /// <param name="tokens"><c>[M]</c> int64 indices in the sequence.</param>
    public RotaryTable Select(Tensor tokens) =>
        new(Detach(_cosine_NXD.index_select(0, tokens)), Detach(_signedSine_NXD.index_select(0, tokens)));

    /// <summary>Rotates vectors.</summary>
    /// <param name="vectors"><c>[N, heads, d]</c></param>
    /// <returns>A new tensor of the same shape, in the data type of the table.</returns>
    public Tensor Rotate(Tensor vectors)
    {
        if (CudaOperators.Rotate(vectors, _cosine_NXD, _signedSine_NXD) is { } result)
            return result;
        using Tensor straight = vectors * _cosine_NXD;
        using Tensor swapped = vectors.roll(vectors.shape[^1] / 2, -1);
        return straight.PlusProduct(swapped, _signedSine_NXD);
    }

    /// <summary>Rotates vectors in the data type of the table and rounds the result to the vectors' data type.</summary>
    /// <param name="vectors"><c>[N, heads, d]</c></param>
    /// <returns>A new tensor of the same shape and data type.</returns>
    public Tensor RotateAndRound(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (Rotation.Fits(vectors, _cosine_NXD))
            return Rotation.Apply(vectors, _cosine_NXD, _signedSine_NXD);
        using DisposeScope scope = NewDisposeScope();
        return Rotate(vectors.to(_cosine_NXD.dtype)).to(vectors.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor Detach(Tensor tensor) => tensor.DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosine_NXD.Dispose();
        _signedSine_NXD.Dispose();
    }
}
