namespace MedR1.Modeling;

/// <summary>Operators that a device is given again and again, over the same tensors.</summary>
public interface IDeviceWork : IDisposable
{
    /// <summary>Gives them to the device; it does not wait.</summary>
    void Run();
}
