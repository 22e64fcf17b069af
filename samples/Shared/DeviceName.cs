using System.Text.RegularExpressions;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Samples;

/// <summary>Names of devices, as a user gives them.</summary>
internal static partial class DeviceName
{
    private const string Cpu = "cpu";

    /// <summary>What is wrong with a name; null for one that is known.</summary>
    public static string? MistakeIn(string name) => Known().IsMatch(name)
        ? null
        : $"There is no device '{name}': cpu, cuda, or cuda:1 for the second GPU (docs/native-runtime.md tells which libtorch they need).";

    /// <summary>The device of a known name.</summary>
    /// <exception cref="InvalidOperationException">There is no such GPU.</exception>
    public static Device Open(string name)
    {
        TorchRuntime.Initialize();
        int index = name.Contains(':', StringComparison.Ordinal) ? int.Parse(name.Split(':')[1]) : 0;
        if (name != Cpu && (!cuda.is_available() || index >= cuda.device_count()))
        {
            throw new InvalidOperationException(
                $"Device '{name}' can't be used: libtorch finds no such GPU. It takes a CUDA build, docs/native-runtime.md tells how.");
        }

        return new Device(name);
    }

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)\z")]
    private static partial Regex Known();
}
