namespace MedR1.Modeling;

/// <summary>The libtorch in use can't compute on the device; the message says why and what to do.</summary>
public sealed class TorchDeviceException : Exception
{
    /// <summary>Creates an exception that says what is wrong.</summary>
    /// <param name="device">The device, such as <c>cuda:1</c>.</param>
    /// <param name="problem">Why it can't be used, and the fix.</param>
    public TorchDeviceException(string device, string problem)
        : base($"The device {device} can't be used: {problem}") => Device = device;

    /// <summary>The device.</summary>
    public string Device { get; }
}
