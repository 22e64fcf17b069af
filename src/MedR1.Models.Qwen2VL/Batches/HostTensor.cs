using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Moves arrays to a device.</summary>
internal static class HostTensor
{
    public static Tensor ToDevice(this long[] values, Device device)
    {
        using Tensor host = tensor(values);
        return host.to(device, copy: true);
    }

    public static Tensor ToDevice(this float[] values, Device device, params long[] shape)
    {
        using Tensor host = tensor(values, shape);
        return host.to(device, copy: true);
    }
}
