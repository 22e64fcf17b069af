using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Creates uninitialized parameters. A model with billions of parameters is loaded from a checkpoint immediately, so that random
/// initialization would waste minutes.
/// </summary>
public static class ParameterFactory
{
    /// <summary>Creates a parameter with undefined values.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="device">The device; the meta device takes no memory.</param>
    /// <param name="dataType">The data type; integers take no gradient.</param>
    public static Parameter Empty(ReadOnlySpan<long> shape, Device device, ScalarType dataType)
    {
        var parameter = new Parameter(empty(shape, dtype: dataType, device: device), is_floating_point(dataType));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
