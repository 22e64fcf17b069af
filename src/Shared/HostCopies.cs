using TorchSharp;

using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// Copies of small values from the host. CUDA copies pageable memory aside before it returns, so that the host need not wait for
/// what the device is doing, and may reuse the memory.
/// </summary>
internal static class HostCopies
{
    /// <summary>Copies the content of a tensor on the host.</summary>
    public static void TakeFromHost(this Tensor target, Tensor source) =>
        target.copy_(source, target.device_type == DeviceType.CUDA);

    /// <summary><c>[count]</c> int64.</summary>
    public static Tensor ToDevice(this long[] values, Device device)
    {
        using Tensor host = tensor(values);
        return host.CopiedTo(device);
    }

    /// <summary>float32 of the given shape.</summary>
    public static Tensor ToDevice(this float[] values, Device device, params long[] shape)
    {
        using Tensor host = tensor(values, shape);
        return host.CopiedTo(device);
    }

    private static Tensor CopiedTo(this Tensor host, Device device) =>
        host.to(device, copy: true, non_blocking: device.type == DeviceType.CUDA);
}
