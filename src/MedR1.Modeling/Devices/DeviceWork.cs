using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Makes work by the fastest way that a device has.</summary>
internal static class DeviceWork
{
    /// <summary>Takes work, which runs once or twice before this returns.</summary>
    /// <param name="device">The device.</param>
    /// <param name="work">Gives operators to the device; it neither waits for it nor copies from or to the host.</param>
    public static IDeviceWork Create(Device device, Action work) =>
        CudaGraph.IsSupported(device) ? CudaGraph.Record(device, work) : new Repeated(work);

    private sealed class Repeated(Action work) : IDeviceWork
    {
        public void Run() => work();

        public void Dispose()
        {
        }
    }
}
