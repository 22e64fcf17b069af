using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>File names of native libraries on this system.</summary>
internal static class NativeLibraryNames
{
    /// <summary>Name by which TorchSharp asks for its own native library.</summary>
    public const string Binding = "LibTorchSharp";

    /// <summary>What .NET calls this system, for folders of packages.</summary>
    public static string RuntimeIdentifier =>
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The file name of a library, for example <c>libc10.so</c> for <c>c10</c>.</summary>
    /// <param name="name">The name without prefix and suffix.</param>
    public static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
