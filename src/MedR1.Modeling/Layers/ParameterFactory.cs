using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Creates parameters without values. A model of billions of parameters is filled from a checkpoint right away, so that random
/// initialization would waste minutes.
/// </summary>
public static class ParameterFactory
{
    /// <summary>Creates a parameter whose values are undefined until they are loaded or initialized.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="device">Its device; the meta device takes no memory.</param>
    /// <param name="dataType">Its data type; integers take no gradient.</param>
    public static Parameter Empty(ReadOnlySpan<long> shape, Device device, ScalarType dataType)
    {
        var parameter = new Parameter(empty(shape, dtype: dataType, device: device), is_floating_point(dataType));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
