using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Creates work for a device, in the fastest form that it supports.</summary>
public static class DeviceWork
{
    /// <summary>Creates work; the delegate may run up to twice before this method returns, on the tensors' current content.</summary>
    /// <param name="device">The device.</param>
    /// <param name="work">
    /// Issues operators to the device; must neither wait for the device nor copy between device and host. If it can be recorded, it
    /// is not called again, so that values that change must be in tensors with fixed addresses.
    /// </param>
    /// <returns>The work; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The work can't be recorded.</exception>
    public static IDeviceWork Create(Device device, Action work)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return CudaGraph.IsSupported(device) ? CudaGraph.Record(device, work) : new Repeated(work);
        }
        catch (ExternalException failure) when (failure.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase))
        {
            // While recording, libtorch's allocator can't release cached memory; the same work may fit when it is not recorded.
            return new Repeated(work);
        }
    }

    private sealed class Repeated(Action work) : IDeviceWork
    {
        public void Run() => work();

        public void Dispose()
        {
        }
    }
}
