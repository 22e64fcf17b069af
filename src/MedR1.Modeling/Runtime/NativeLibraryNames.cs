using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>File names of native libraries on this system.</summary>
internal static class NativeLibraryNames
{
    /// <summary>The name under which TorchSharp imports its own native library.</summary>
    public const string Binding = "LibTorchSharp";

    /// <summary>The .NET runtime identifier of this system, as used in package folders.</summary>
    public static string RuntimeIdentifier =>
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Returns the file name of a library, for example <c>libc10.so</c> for <c>c10</c>.</summary>
    /// <param name="name">The name without prefix and suffix.</param>
    public static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
