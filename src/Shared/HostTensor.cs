using static TorchSharp.torch;

namespace MedR1;

/// <summary>Moves arrays to a device.</summary>
internal static class HostTensor
{
    /// <summary><c>[count]</c> int64.</summary>
    public static Tensor ToDevice(this long[] values, Device device)
    {
        using Tensor host = tensor(values);
        return host.to(device, copy: true);
    }

    /// <summary>float32 of a shape.</summary>
    public static Tensor ToDevice(this float[] values, Device device, params long[] shape)
    {
        using Tensor host = tensor(values, shape);
        return host.to(device, copy: true);
    }
}
