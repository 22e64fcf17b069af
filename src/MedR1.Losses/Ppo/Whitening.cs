using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Shifts and scales numbers to mean 0 and variance 1 over all active tokens.</summary>
public static class Whitening
{
    /// <summary>Added to the variance, under the root.</summary>
    public const double Epsilon = 1e-8;

    /// <summary>
    /// (x − mean) / √(variance + 1e-8), with the unbiased variance. A single active token becomes 0, since it has no variance.
    /// </summary>
    /// <param name="values"><c>[B, T]</c> the numbers.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <returns><c>[B, T]</c> without gradient, 0 at masked positions; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Compute(Tensor values, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(mask);
        Guard.Matrix(values, nameof(values));
        Guard.FloatingPoint(values, nameof(values));
        Guard.SameShape(mask, values, nameof(mask), nameof(values));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        ScalarType type = Guard.WideType(values);
        Tensor padding_BT = mask.to(ScalarType.Bool).logical_not();
        Tensor mask_BT = mask.to(ScalarType.Bool).to(type);
        Tensor values_BT = values.detach().to(type).FilledWhere(padding_BT, 0);
        Tensor count = mask_BT.sum();
        Tensor centered_BT = (values_BT - values_BT.sum() / count.Limited(least: 1.0)) * mask_BT;
        Tensor variance = centered_BT.ToPower(2).sum() / count.Minus(1).Limited(least: 1.0);
        return (centered_BT / variance.Plus(Epsilon).sqrt()).MoveToOuterDisposeScope();
    }
}
