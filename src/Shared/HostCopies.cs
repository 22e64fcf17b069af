using TorchSharp;

using static TorchSharp.torch;

namespace MedR1;

/// <summary>Copies of small tensors from the host.</summary>
internal static class HostCopies
{
    /// <summary>
    /// Takes what a tensor of the host holds. CUDA copies ordinary memory aside before it returns, so that the host need
    /// not wait for what the device is at, and may use the memory again.
    /// </summary>
    public static void TakeFromHost(this Tensor target, Tensor source) =>
        target.copy_(source, target.device_type == DeviceType.CUDA);
}
