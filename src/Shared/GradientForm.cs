using TorchSharp;
using static TorchSharp.torch;

namespace MedR1;

/// <summary>The shape, type and device of a gradient, recorded in the forward pass.</summary>
/// <param name="Shape">The gradient's shape.</param>
/// <param name="Type">The gradient's data type.</param>
/// <param name="Device">The gradient's device.</param>
internal sealed record GradientForm(long[] Shape, ScalarType Type, Device Device)
{
    /// <summary>The form of an input's gradient.</summary>
    public static GradientForm Of(Tensor input) => new(input.shape, input.dtype, input.device);

    /// <summary>The form of an input's gradient; null if the input takes none.</summary>
    public static GradientForm? IfTaken(Tensor input) => input.requires_grad ? Of(input) : null;

    /// <summary>A gradient of NaN, expanded from a single element because memory may be exhausted.</summary>
    public Tensor NotNumbers() => empty(1, dtype: Type, device: Device).FillInPlace(double.NaN).expand(Shape);
}
