using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Makes parameters without values. A model of billions of parameters is filled from a checkpoint at once, so that
/// random initialisation would be minutes of work for nothing.
/// </summary>
public static class ParameterFactory
{
    /// <summary>Makes a parameter whose values are undefined until they are loaded or initialised.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="device">Where it lives; the meta device takes no memory.</param>
    /// <param name="dataType">Its type; whole numbers take no gradient.</param>
    public static Parameter Empty(ReadOnlySpan<long> shape, Device device, ScalarType dataType)
    {
        var parameter = new Parameter(empty(shape, dtype: dataType, device: device), is_floating_point(dataType));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
