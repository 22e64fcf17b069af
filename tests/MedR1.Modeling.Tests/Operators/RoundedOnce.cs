using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>
/// A product in bfloat16 with float32 sums: they differ by their order, by a few times 2^-24 of the sum of absolute products; then
/// they are rounded once to 8 bits.
/// </summary>
internal static class RoundedOnce
{
    /// <summary>Checks <c>left · right + bias</c>.</summary>
    /// <param name="actual"><c>[…, n]</c></param>
    /// <param name="left"><c>[…, k]</c></param>
    /// <param name="right"><c>[k, n]</c></param>
    /// <param name="bias"><c>[n]</c>, or null.</param>
    public static void IsProduct(Tensor actual, Tensor left, Tensor right, Tensor? bias = null)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor exact = Product(left.to(float64), right.to(float64), bias?.to(float64));
        Tensor magnitude = Product(left.to(float64).abs(), right.to(float64).abs(), bias?.to(float64).abs());
        Tensor allowed = (exact.abs() * Math.Pow(2, -8)) + (magnitude * 16 * Math.Pow(2, -24));
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Assert.Equal(exact.shape, actual.shape);
        Assert.True((actual.to(float64) - exact).abs().le(allowed).all().item<bool>());
    }

    private static Tensor Product(Tensor left, Tensor right, Tensor? bias) =>
        bias is null ? left.matmul(right) : left.matmul(right) + bias;
}
