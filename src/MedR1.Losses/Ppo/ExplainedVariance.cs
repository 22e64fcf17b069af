using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The fraction of the returns' variance that a value head explains: 1 − Var(R − V) / Var(R) over all active tokens. 1 is a perfect
/// prediction, 0 no better than a constant, below 0 worse than a constant.
/// </summary>
public static class ExplainedVariance
{
    /// <summary>Computes the fraction.</summary>
    /// <param name="values"><c>[B, T]</c> the value head's predictions.</param>
    /// <param name="returns"><c>[B, T]</c> the returns.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <returns>The fraction; NaN if the returns of all active tokens are equal.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static double Compute(Tensor values, Tensor returns, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentNullException.ThrowIfNull(mask);
        Guard.Matrix(values, nameof(values));
        Guard.FloatingPoint(values, nameof(values));
        Guard.SameShape(returns, values, nameof(returns), nameof(values));
        Guard.SameShape(mask, values, nameof(mask), nameof(values));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor active = mask.to(ScalarType.Bool);
        Tensor wanted = returns.detach().to(ScalarType.Float64).masked_select(active);
        Tensor missed = wanted - values.detach().to(ScalarType.Float64).masked_select(active);
        double all = SquaresAround(wanted);
        return all > 0 ? 1 - SquaresAround(missed) / all : double.NaN;
    }

    private static double SquaresAround(Tensor numbers)
    {
        if (numbers.numel() == 0)
        {
            return 0;
        }

        // Relative to the first number: the mean of equal numbers may be off by rounding, which must not count as variance.
        Tensor shifted = numbers - numbers[0];
        return (shifted - shifted.mean()).ToPower(2).sum().item<double>();
    }
}
