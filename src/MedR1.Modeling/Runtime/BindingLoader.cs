using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Loads TorchSharp's own native library. The library of TorchSharp 0.107 requires version <c>GLIBCXX_3.4.32</c> of
/// libstdc++ (GCC 13), which Debian 12 and Ubuntu 22.04 lack. The only symbol under that version is a marker that is
/// never called, so an in-memory copy is patched to mark the requirement as weak, which glibc's loader tolerates.
/// </summary>
internal static class BindingLoader
{
    private const string StandardLibrary = "libstdc++.so.6";
    private const string VersionPrefix = "GLIBCXX_";
    private const byte WeakFlag = 2;

    /// <summary>
    /// The marker symbol: GCC 13's <c>&lt;iostream&gt;</c> references it so that programs do not start with an older
    /// libstdc++; no code calls it.
    /// </summary>
    private const string MarkerSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>The first version that is weakened; Debian 12 and Ubuntu 22.04 provide versions up to 3.4.30.</summary>
    private static readonly Version FirstPatchedVersion = new(3, 4, 31);

    /// <summary>Loads the library; libtorch must already be loaded.</summary>
    /// <param name="path">The path of the library.</param>
    /// <param name="attempts">Earlier attempts, for the exception message.</param>
    /// <exception cref="TorchRuntimeException">Neither the library nor its patched copy can be loaded.</exception>
    public static LoadedBinding Load(string path, IReadOnlyList<string> attempts)
    {
        try
        {
            return new LoadedBinding(NativeLibrary.Load(path), path, TorchBindingLoad.Direct, []);
        }
        catch (DllNotFoundException exception)
        {
            attempts = [.. attempts, $"load {path} unchanged: refused by the loader"];
            if (!OperatingSystem.IsLinux() || !exception.Message.Contains(VersionPrefix, StringComparison.Ordinal))
            {
                throw new TorchRuntimeException(
                    path,
                    "the loader refuses it.",
                    attempts,
                    "Install what the loader reports as missing, and make sure that the application has exactly one libtorch "
                    + $"{LibtorchVersionReader.Required}. See docs/native-runtime.md.",
                    exception);
            }
        }

        return Heal(path, attempts);
    }

    private static LoadedBinding Heal(string path, IReadOnlyList<string> attempts)
    {
        (byte[] image, List<string> weakened) = Weaken(path, attempts);
        try
        {
            nint handle = MemoryLibrary.Load(Path.GetFileName(path), image);
            return new LoadedBinding(handle, path, TorchBindingLoad.Patched, weakened);
        }
        catch (IOException exception)
        {
            throw new TorchRuntimeException(path, exception.Message, attempts, LibraryRemedy, exception);
        }
        catch (DllNotFoundException exception)
        {
            throw new TorchRuntimeException(
                path,
                $"the loader refuses the patched copy too (made optional: {string.Join(", ", weakened)}).",
                [.. attempts, "load a patched copy from memory: refused by the loader"],
                LibraryRemedy,
                exception);
        }
    }

    private static (byte[] Image, List<string> Weakened) Weaken(string path, IReadOnlyList<string> attempts)
    {
        byte[] image = File.ReadAllBytes(path);
        using ElfFile elf = new(path);
        List<string> weakened = [];
        foreach (ElfVersionNeed need in elf.VersionNeeds().Where(IsTooNew))
        {
            string[] used = [.. elf.UndefinedSymbols(need).Where(symbol => symbol != MarkerSymbol)];
            if (used.Length > 0)
            {
                throw new TorchRuntimeException(
                    path,
                    $"it uses symbols of {need.Name} that the system's {StandardLibrary} lacks: "
                    + $"{string.Join(", ", used.Take(3))}.",
                    attempts,
                    LibraryRemedy);
            }

            image[need.FlagsOffset] |= WeakFlag;
            weakened.Add(need.Name);
        }

        return (image, weakened);
    }

    private static bool IsTooNew(ElfVersionNeed need) =>
        need.Library == StandardLibrary
        && need.Name.StartsWith(VersionPrefix, StringComparison.Ordinal)
        && Version.TryParse(need.Name.AsSpan(VersionPrefix.Length), out Version? version)
        && version >= FirstPatchedVersion;

    private static string LibraryRemedy =>
        $"Install a newer {StandardLibrary} (GCC 13 or later, as on Debian 13 or Ubuntu 24.04). "
        + "See docs/native-runtime.md.";
}
