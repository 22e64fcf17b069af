namespace MedR1.Modeling;

/// <summary>Thrown when the loaded libtorch can't compute on a device; the message names the cause and the fix.</summary>
public sealed class TorchDeviceException : Exception
{
    /// <summary>Creates an exception for a device.</summary>
    /// <param name="device">The device, such as <c>cuda:1</c>.</param>
    /// <param name="problem">Why it can't be used, and the fix.</param>
    public TorchDeviceException(string device, string problem)
        : base($"The device {device} can't be used: {problem}") => Device = device;

    /// <summary>The device.</summary>
    public string Device { get; }
}
