using TorchSharp;
using static TorchSharp.torch;

namespace MedR1;

/// <summary>The form of a gradient, recorded in the forward pass.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Type">Its data type.</param>
/// <param name="Device">Its device.</param>
internal sealed record GradientForm(long[] Shape, ScalarType Type, Device Device)
{
    /// <summary>The form of an input's gradient.</summary>
    public static GradientForm Of(Tensor input) => new(input.shape, input.dtype, input.device);

    /// <summary>A gradient of NaN. A single number is expanded: there may be no memory.</summary>
    public Tensor NotNumbers() => empty(1, dtype: Type, device: Device).FillInPlace(double.NaN).expand(Shape);
}
