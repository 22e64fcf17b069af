using TorchSharp;

using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// Sums, products and comparisons of tensors with numbers. TorchSharp's own operators pass a temporary <see cref="Scalar"/> to
/// libtorch by its address and don't keep it alive: a garbage collection can free it while the operator is running, which then
/// fails or, worse, computes with other memory. These methods keep every scalar alive until the operator has returned. The analyzer
/// rejects the unsafe forms (BannedSymbols.Scalars.txt).
/// </summary>
internal static class TensorArithmetic
{
    // Referenced by this static field, so never collected.
    private static readonly Scalar s_one = 1L.ToScalar();

    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, s_one);

    public static Tensor Plus(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.add(number, s_one);
    }

    /// <summary>Adds an integer, so that an integer tensor keeps its type.</summary>
    public static Tensor Plus(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.add(number, s_one);
    }

    /// <summary><paramref name="left"/> + <paramref name="factor"/> · <paramref name="right"/>.</summary>
    public static Tensor Plus(this Tensor left, Tensor right, double factor)
    {
        using Scalar number = factor.ToScalar();
        return left.add(right, number);
    }

    /// <summary><paramref name="sum"/> + <paramref name="left"/> · <paramref name="right"/>.</summary>
    public static Tensor PlusProduct(this Tensor sum, Tensor left, Tensor right) => sum.addcmul(left, right, s_one);

    public static Tensor PlusInPlace(this Tensor left, Tensor right) => left.add_(right, s_one);

    public static Tensor PlusInPlace(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.add_(number, s_one);
    }

    public static Tensor PlusInPlace(this Tensor left, Tensor right, double factor)
    {
        using Scalar number = factor.ToScalar();
        return left.add_(right, number);
    }

    public static Tensor Minus(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.sub(number);
    }

    /// <summary>Subtracts an integer, so that an integer tensor keeps its type.</summary>
    public static Tensor Minus(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.sub(number);
    }

    public static Tensor Times(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.mul(number);
    }

    /// <summary>Multiplies by an integer, so that an integer tensor keeps its type.</summary>
    public static Tensor Times(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.mul(number);
    }

    public static Tensor TimesInPlace(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.mul_(number);
    }

    public static Tensor DividedBy(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.div(number);
    }

    public static Tensor ToPower(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.pow(number);
    }

    public static Tensor Above(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.gt(number);
    }

    public static Tensor AtLeast(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.ge(number);
    }

    public static Tensor Below(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.lt(number);
    }

    public static Tensor AtLeast(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.ge(number);
    }

    public static Tensor AtMost(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.le(number);
    }

    public static Tensor EqualTo(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.eq(number);
    }

    public static Tensor EqualTo(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.eq(number);
    }

    /// <summary>Clamps values to limits; NaN stays NaN.</summary>
    public static Tensor Limited(this Tensor values, double? least = null, double? most = null)
    {
        using Scalar? lower = least?.ToScalar();
        using Scalar? upper = most?.ToScalar();
        return values.clamp(lower, upper);
    }

    /// <summary>Clamps to integer limits, so that an integer tensor keeps its type.</summary>
    public static Tensor Limited(this Tensor values, long? least = null, long? most = null)
    {
        using Scalar? lower = least?.ToScalar();
        using Scalar? upper = most?.ToScalar();
        return values.clamp(lower, upper);
    }

    /// <summary>Sets the elements at <paramref name="index"/> of a dimension to a value.</summary>
    public static Tensor FilledAt(this Tensor values, long dimension, Tensor index, double value)
    {
        using Scalar number = value.ToScalar();
        return values.index_fill(dimension, index, number);
    }

    public static Tensor FilledWhere(this Tensor values, Tensor mask, double value)
    {
        using Scalar number = value.ToScalar();
        return values.masked_fill(mask, number);
    }

    public static Tensor FillInPlace(this Tensor values, double value)
    {
        using Scalar number = value.ToScalar();
        return values.fill_(number);
    }

    /// <summary>0, 1, … up to but excluding <paramref name="stop"/>, <c>[stop]</c> integers.</summary>
    public static Tensor CountTo(long stop, Device? device = null)
    {
        using Scalar start = 0L.ToScalar();
        using Scalar end = stop.ToScalar();
        return arange(start, end, s_one, dtype: ScalarType.Int64, device: device);
    }
}
