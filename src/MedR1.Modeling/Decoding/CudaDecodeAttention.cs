using System.Runtime.InteropServices;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention of a step's tokens on a GPU in one kernel: a place and a key-value head in each block, sums in float32. It
/// writes the tokens' keys and values behind the rows'. A place's result does not depend on the other places.
/// </summary>
internal static unsafe class CudaDecodeAttention
{
    private const int Threads = 256;
    private const int MostQueryHeads = 8;
    private const int WidestHead = 128;

    /// <summary>Whether the kernel reads a cache and the queries.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="queries"><c>[N, heads, d]</c></param>
    public static bool Fits(SlotKeyValueCache cache, Tensor queries) =>
        cache.DataType is ScalarType.Float32 or ScalarType.BFloat16 && queries.dtype == cache.DataType
        && cache.HeadSize % 4 == 0 && cache.HeadSize <= WidestHead
        && queries.shape[1] / cache.KeyValueHeads <= MostQueryHeads && !is_grad_enabled()
        && CudaKernels.For(cache.Device) is not null;

    /// <summary>Attends.</summary>
    /// <param name="queries"><c>[N, heads, d]</c></param>
    /// <param name="keys"><c>[N, key-value heads, d]</c></param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <param name="layer">The layer.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="shape">The shape of the step.</param>
    /// <param name="inputs">Its slots and lengths.</param>
    /// <returns><c>[N, heads · d]</c></returns>
    public static Tensor Attend(
        Tensor queries, Tensor keys, Tensor values, int layer, SlotKeyValueCache cache, DecodeShape shape, DecodeInputs inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor q = queries.contiguous(), k = keys.contiguous(), v = values.contiguous();
        (Tensor promptKeys, Tensor promptValues) = cache.Prompts(layer);
        (Tensor rowKeys, Tensor rowValues) = cache.Rows(layer);
        Tensor result = empty(q.shape[0], q.shape[1] * q.shape[2], dtype: cache.DataType, device: cache.Device);
        Step step = new()
        {
            Queries = TensorMemory.AddressOf(q),
            Keys = TensorMemory.AddressOf(k),
            Values = TensorMemory.AddressOf(v),
            PromptKeys = TensorMemory.AddressOf(promptKeys),
            PromptValues = TensorMemory.AddressOf(promptValues),
            RowKeys = TensorMemory.AddressOf(rowKeys),
            RowValues = TensorMemory.AddressOf(rowValues),
            Output = TensorMemory.AddressOf(result),
            RowSlots = TensorMemory.AddressOf(inputs.RowSlots),
            OwnLengths = TensorMemory.AddressOf(inputs.OwnLengths),
            PromptSlots = TensorMemory.AddressOf(inputs.PromptSlots),
            PromptLengths = TensorMemory.AddressOf(inputs.PromptLengths),
            Samples = shape.Samples,
            KeyValueHeads = cache.KeyValueHeads,
            QueryHeads = (int)q.shape[1] / cache.KeyValueHeads,
            Width = cache.HeadSize,
            PromptCapacity = cache.PromptCapacity,
            RowCapacity = cache.CompletionCapacity,

            // Scores in powers of 2.
            Scale = (float)(1 / (Math.Sqrt(cache.HeadSize) * Math.Log(2))),
        };
        void** arguments = stackalloc void*[] { &step };
        CudaKernels.For(cache.Device)!.Launch(
            "attend", cache.DataType, (shape.Places, cache.KeyValueHeads), Threads, arguments);
        return result.MoveToOuterDisposeScope();
    }

    // As Step in decoding.cu.
    [StructLayout(LayoutKind.Sequential)]
    private struct Step
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
}
