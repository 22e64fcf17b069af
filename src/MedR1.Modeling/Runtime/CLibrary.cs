using System.Runtime.InteropServices;
using System.Text;

namespace MedR1.Modeling;

/// <summary>The process's C library, on Linux with glibc; elsewhere nothing is found and nothing set.</summary>
internal static unsafe class CLibrary
{
    /// <summary>The address of one of its functions.</summary>
    public static nint? Find(string function) =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out nint library)
        && NativeLibrary.TryGetExport(library, function, out nint address) ? address : null;

    /// <summary>
    /// Sets a variable for native libraries, which read the environment of the C library, where .NET's own doesn't
    /// reach. One that is set already stays.
    /// </summary>
    public static void SetVariable(string name, string value)
    {
        if (Find("setenv") is not nint function)
        {
            return;
        }

        fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + "\0"), valueBytes = Encoding.UTF8.GetBytes(value + "\0"))
        {
            _ = ((delegate* unmanaged[Cdecl]<byte*, byte*, int, int>)function)(nameBytes, valueBytes, 0);
        }
    }
}
