using TorchSharp;
using static TorchSharp.torch;

namespace MedR1;

/// <summary>The form of a gradient, written down in the forward pass.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Type">Its type.</param>
/// <param name="Device">Where it lies.</param>
internal sealed record GradientForm(long[] Shape, ScalarType Type, Device Device)
{
    /// <summary>That of an input.</summary>
    public static GradientForm Of(Tensor input) => new(input.shape, input.dtype, input.device);

    /// <summary>A gradient that is none. One number for all: there may be no memory.</summary>
    public Tensor NotNumbers() => empty(1, dtype: Type, device: Device).FillInPlace(double.NaN).expand(Shape);
}
