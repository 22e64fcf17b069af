using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The loss of a value head at each token: ½·(V − R)² (PPO, arXiv 1707.06347, equation 9, with the customary half), or ½·max((V −
/// R)², (clamp(V, V_old ± ε) − R)²), which keeps values near those predicted during sampling.
/// </summary>
public static class ValueLoss
{
    /// <summary>Computes the terms, to be averaged over active tokens.</summary>
    /// <param name="values"><c>[B, T]</c> the current values, with gradient.</param>
    /// <param name="returns"><c>[B, T]</c> the returns.</param>
    /// <param name="oldValues"><c>[B, T]</c> the values during sampling; null without a clip.</param>
    /// <param name="clip">ε; null for no clip.</param>
    /// <returns><c>[B, T]</c>; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Something is missing or has the wrong shape.</exception>
    public static Tensor Terms(Tensor values, Tensor returns, Tensor? oldValues = null, double? clip = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(returns);
        Guard.Matrix(values, nameof(values));
        Guard.FloatingPoint(values, nameof(values));
        Guard.SameShape(returns, values, nameof(returns), nameof(values));
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = Guard.WideType(values);
        (Tensor free_BT, Tensor? clipped_BT) = Squares(
            values.to(type), returns.detach().to(type), oldValues?.detach().to(type), clip);
        Tensor largest_BT = clipped_BT is null ? free_BT : maximum(free_BT, clipped_BT);
        return largest_BT.DividedBy(2).MoveToOuterDisposeScope();
    }

    /// <summary>The squared errors of the unclipped values and, with a clip, of the clipped values.</summary>
    internal static (Tensor Free, Tensor? Clipped) Squares(
        Tensor values_BT, Tensor returns_BT, Tensor? old_BT, double? clip)
    {
        Tensor free_BT = (values_BT - returns_BT).ToPower(2);
        if (clip is not double width)
        {
            return (free_BT, null);
        }

        if (old_BT is null)
        {
            throw new ArgumentException(
                $"The old values are null, but the clip is {width.ToText()}: give the values while sampling, or set the clip to "
                + "null.",
                "oldValues");
        }

        Guard.SameShape(old_BT, values_BT, "oldValues", "values");
        Tensor limited_BT = old_BT.Plus((values_BT - old_BT).Limited(-width, width));
        return (free_BT, (limited_BT - returns_BT).ToPower(2));
    }
}
