using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace MedR1.Modeling;

/// <summary>Loads native libraries from memory on Linux, without writing to the file system.</summary>
internal static partial class MemoryLibrary
{
    private const uint ClosesInChildren = 1;

    /// <summary>
    /// Keeps the files open: the loader identifies libraries by path and would mistake a later file with the same
    /// descriptor number for this one.
    /// </summary>
    private static readonly List<SafeFileHandle> s_open = [];

    /// <summary>Loads a library.</summary>
    /// <param name="name">The name of the library in <c>/proc/self/maps</c>.</param>
    /// <param name="image">The content of the library file.</param>
    /// <exception cref="IOException">The system cannot create a file in memory.</exception>
    /// <exception cref="DllNotFoundException">The loader rejects the library.</exception>
    public static nint Load(string name, ReadOnlySpan<byte> image)
    {
        SafeFileHandle file = new(MemoryFile(name, ClosesInChildren), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new IOException(
                $"can't create an in-memory file for '{name}' (memfd_create: error {Marshal.GetLastPInvokeError()}).");
        }

        lock (s_open)
        {
            s_open.Add(file);
        }

        RandomAccess.Write(file, image, 0);
        return NativeLibrary.Load($"/proc/self/fd/{file.DangerousGetHandle()}");
    }

    [LibraryImport(
        "libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}
