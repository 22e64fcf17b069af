using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary><c>CUlaunchConfig</c> of the CUDA driver: the configuration of a kernel launch.</summary>
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

    /// <summary><c>CUlaunchAttribute</c> with a Boolean value.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 72)]
    public struct Attribute
    {
        /// <summary>The kernel may start before the preceding kernel has ended, and synchronizes with it itself.</summary>
        public const int ProgrammaticStreamSerialization = 6;

        public int Identifier;
        public int Padding;
        public int Value;
    }
}
