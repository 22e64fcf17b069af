using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Creates work for a device, in the fastest form that it supports.</summary>
public static class DeviceWork
{
    /// <summary>Creates work, which runs up to twice before this returns, on the content its tensors have then.</summary>
    /// <param name="device">The device.</param>
    /// <param name="work">
    /// Issues operators to the device; it neither waits for the device nor copies from or to the host. If it can be recorded it
    /// is not called again: values that change must be in tensors that stay.
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
            // While recording, libtorch's allocator releases none of its cached memory. The same work may fit unrecorded.
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
