namespace MedR1.Modeling;

/// <summary>Operators that are issued to a device repeatedly, on the same tensors.</summary>
public interface IDeviceWork : IDisposable
{
    /// <summary>Issues the operators to the device, without waiting for them.</summary>
    void Run();
}
