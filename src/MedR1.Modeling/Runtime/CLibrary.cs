using System.Runtime.InteropServices;
using System.Text;

namespace MedR1.Modeling;

/// <summary>The process's C library on Linux with glibc; on other systems nothing is found and nothing is set.</summary>
internal static unsafe class CLibrary
{
    /// <summary>Returns the address of an exported function, or <see langword="null"/>.</summary>
    public static nint? Find(string function) =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out nint library)
        && NativeLibrary.TryGetExport(library, function, out nint address) ? address : null;

    /// <summary>
    /// Sets an environment variable for native libraries, which read the C library's environment; .NET's environment
    /// variables are separate. A variable that is already set keeps its value.
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
