namespace MedR1.Modeling;

/// <summary>Operators that are issued to a device repeatedly, over the same tensors.</summary>
public interface IDeviceWork : IDisposable
{
    /// <summary>Issues them to the device, without waiting.</summary>
    void Run();
}
