using TorchSharp;

using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// Copies of small numbers from the host. CUDA copies ordinary memory aside before it returns, so that the host need not wait for what
/// the device is at, and may use the memory again.
/// </summary>
internal static class HostCopies
{
    /// <summary>Takes what a tensor of the host holds.</summary>
    public static void TakeFromHost(this Tensor target, Tensor source) =>
        target.copy_(source, target.device_type == DeviceType.CUDA);

    /// <summary><c>[count]</c> int64.</summary>
    public static Tensor ToDevice(this long[] values, Device device)
    {
        using Tensor host = tensor(values);
        return host.CopiedTo(device);
    }

    /// <summary>float32 of a shape.</summary>
    public static Tensor ToDevice(this float[] values, Device device, params long[] shape)
    {
        using Tensor host = tensor(values, shape);
        return host.CopiedTo(device);
    }

    private static Tensor CopiedTo(this Tensor host, Device device) =>
        host.to(device, copy: true, non_blocking: device.type == DeviceType.CUDA);
}
