using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace MedR1.Modeling;

/// <summary>Loads native libraries of Linux from memory: nothing is written to a folder.</summary>
internal static partial class MemoryLibrary
{
    private const uint ClosesInChildren = 1;

    /// <summary>
    /// The files stay open: the loader knows a library by its path, and would take the next one under the same number for
    /// this one.
    /// </summary>
    private static readonly List<SafeFileHandle> s_open = [];

    /// <summary>Loads a library.</summary>
    /// <param name="name">What the process's list of libraries calls it.</param>
    /// <param name="image">The bytes of its file.</param>
    /// <exception cref="IOException">The system makes no file in memory.</exception>
    /// <exception cref="DllNotFoundException">The loader refuses it.</exception>
    public static nint Load(string name, ReadOnlySpan<byte> image)
    {
        SafeFileHandle file = new(MemoryFile(name, ClosesInChildren), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new IOException(
                $"no file in memory can be made for '{name}' (memfd_create: error {Marshal.GetLastPInvokeError()}).");
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
