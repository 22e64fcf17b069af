using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary><c>CUlaunchConfig</c> of the CUDA driver: how a kernel is given to a stream.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaLaunch
{
    public uint BlocksX;
    public uint BlocksY;
    public uint BlocksZ;
    public uint ThreadsX;
    public uint ThreadsY;
    public uint ThreadsZ;
    public uint SharedBytes;
    public nint Stream;
    public Attribute* Attributes;
    public uint AttributeCount;

    /// <summary><c>CUlaunchAttribute</c>, with a value that is a truth.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 72)]
    public struct Attribute
    {
        /// <summary>The kernel may start before the one in front of it has ended, and waits for it by itself.</summary>
        public const int ProgrammaticStreamSerialization = 6;

        public int Identifier;
        public int Padding;
        public int Value;
    }
}
