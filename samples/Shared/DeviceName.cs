using System.Text.RegularExpressions;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Samples;

/// <summary>Parses device names given by a user.</summary>
internal static partial class DeviceName
{
    /// <summary>Describes what is wrong with a name; null if it is known.</summary>
    public static string? MistakeIn(string name) => Known().IsMatch(name)
        ? null
        : $"There is no device '{name}': use cpu, cuda, or cuda:1 for the second GPU (docs/native-runtime.md says which libtorch they need).";

    /// <summary>The device of a known name.</summary>
    /// <exception cref="TorchDeviceException">There is no such GPU.</exception>
    public static Device Open(string name)
    {
        TorchRuntime.Initialize();
        Device device = new(name);
        TorchDevices.RequireUsable(device);
        return device;
    }

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)\z")]
    private static partial Regex Known();
}
