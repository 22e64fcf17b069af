using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>The arguments of the kernels of <c>Kernels/steps.cu</c>, with the same memory layout.</summary>
internal static class CudaStepArguments
{
    /// <summary><c>Layer</c> of layers.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Layer
    {
        public nint Weight;
        public nint Bias;
        public nint Output;
        public nint Low;
        public nint Up;
        public nint UpBias;
        public float Scale;
        public int Rank;
        public int Outputs;
    }

    /// <summary>Three instances of <see cref="Layer"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Layers
    {
        public Layer First;
        public Layer Second;
        public Layer Third;
    }

    /// <summary><c>Product</c> of products.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Product
    {
        public nint Input;
        public nint Partial;
        public Layers Layers;
        public int Rows;
        public int Width;
    }

    /// <summary><c>Reduction</c> of layers.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Reduction
    {
        public nint Input;
        public fixed long Down[3];
        public fixed long Low[3];
        public fixed int Ranks[3];
        public int Width;
    }

    /// <summary><c>Addition</c> of sums.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Addition
    {
        public nint Residual;
        public nint Added;
        public nint Partial;
        public Layer Layer;
        public nint Sum;
        public nint Gain;
        public nint Normalised;
        public int Parts;
        public int Rows;
        public float Epsilon;
    }

    /// <summary><c>Step</c> of attention.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Attention
    {
        public nint Queries;
        public nint Keys;
        public nint Values;
        public nint PromptKeys;
        public nint PromptValues;
        public nint RowKeys;
        public nint RowValues;
        public nint Output;
        public nint RowSlots;
        public nint OwnLengths;
        public nint PromptSlots;
        public nint PromptLengths;
        public int Samples;
        public int KeyValueHeads;
        public int QueryHeads;
        public int Width;
        public int PromptCapacity;
        public int RowCapacity;
        public float Scale;
    }

    /// <summary><c>TurningStep</c> of tile_attention.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TurningAttention
    {
        public Attention Attention;
        public nint Cosine;
        public nint SignedSine;
    }
}
