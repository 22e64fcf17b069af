using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Makes work by the fastest way that a device has.</summary>
public static class DeviceWork
{
    /// <summary>Takes work, which runs up to twice before this returns, on what its tensors hold then.</summary>
    /// <param name="device">The device.</param>
    /// <param name="work">
    /// Gives operators to the device; it neither waits for it nor copies from or to the host. Where it can be recorded it
    /// is not called again: numbers that change must lie in tensors that stay.
    /// </param>
    /// <returns>The work; the caller's.</returns>
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
            // While it records, libtorch gives nothing back that it keeps for later. The same work unrecorded may find room.
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
