using TorchSharp;

using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// Copies small values from the host to a device. CUDA stages pageable memory before it returns, so the host need not wait for
/// pending work of the device and may reuse the memory.
/// </summary>
internal static class HostCopies
{
    /// <summary>Copies the content of a host tensor into this one.</summary>
    public static void TakeFromHost(this Tensor target, Tensor source) =>
        target.copy_(source, target.device_type == DeviceType.CUDA);

    /// <summary>Copies values to a device, as <c>[count]</c> int64.</summary>
    public static Tensor ToDevice(this long[] values, Device device)
    {
        using Tensor host = tensor(values, device: CPU);
        return host.CopiedTo(device);
    }

    /// <summary>Copies values to a device, as float32 of the given shape.</summary>
    public static Tensor ToDevice(this float[] values, Device device, params long[] shape)
    {
        using Tensor host = tensor(values, shape, device: CPU);
        return host.CopiedTo(device);
    }

    private static Tensor CopiedTo(this Tensor host, Device device) =>
        host.to(device, copy: true, non_blocking: device.type == DeviceType.CUDA);
}
