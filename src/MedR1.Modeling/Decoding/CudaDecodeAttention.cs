using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Decode attention on a GPU in one kernel, with one block per place and key-value head and sums in float32. The kernel also
/// appends the tokens' keys and values to the rows in the cache. The result of a place does not depend on other places.
/// </summary>
internal static unsafe class CudaDecodeAttention
{
    private const int Threads = 256;
    private const int MostQueryHeads = 8;
    private const int WidestHead = 128;

    /// <summary>Whether the kernel supports a cache and a number of query heads.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="heads">The number of query heads.</param>
    public static bool Fits(SlotKeyValueCache cache, long heads) =>
        cache.DataType is ScalarType.Float32 or ScalarType.BFloat16
        && cache.HeadSize % 4 == 0 && cache.HeadSize <= WidestHead
        && heads / cache.KeyValueHeads <= MostQueryHeads && !is_grad_enabled()
        && CudaKernels.For(cache.Device) is not null;

    /// <summary>Whether a kernel can also apply rotary position embeddings to queries and keys.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="heads">The number of query heads.</param>
    public static bool Turns(SlotKeyValueCache cache, long heads) =>
        Fits(cache, heads) && cache.DataType == ScalarType.BFloat16 && cache.HeadSize == WidestHead;

    /// <summary>Computes attention.</summary>
    /// <param name="queries"><c>[N, heads, d]</c></param>
    /// <param name="keys"><c>[N, key-value heads, d]</c></param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <param name="layer">The layer.</param>
    /// <param name="step">Cache, shape, slots and lengths.</param>
    /// <returns><c>[N, heads · d]</c></returns>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, int layer, DecodeTablePattern step)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor result, CudaStepArguments.Attention attention) = Prepare(queries, keys, values, layer, step);
        void** arguments = stackalloc void*[] { &attention };
        CudaKernels.For(step.Cache.Device)!.Launch(
            "attend", step.Cache.DataType, (step.Shape.Places, step.Cache.KeyValueHeads), Threads, arguments);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Rotates queries and keys and computes attention; requires <see cref="Turns"/>.</summary>
    /// <param name="queries"><c>[N, heads, d]</c></param>
    /// <param name="keys"><c>[N, key-value heads, d]</c></param>
    /// <param name="values"><c>[N, key-value heads, d]</c></param>
    /// <param name="table">Cosines and sines of the places.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="step">Cache, shape, slots and lengths.</param>
    /// <returns><c>[N, heads · d]</c></returns>
    public static Tensor AttendTurned(
        Tensor queries, Tensor keys, Tensor values, RotaryTable table, int layer, DecodeTablePattern step)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor result, CudaStepArguments.Attention attention) = Prepare(queries, keys, values, layer, step);
        CudaStepArguments.TurningAttention turning = new()
        {
            Attention = attention,
            Cosine = TensorMemory.AddressOf(table.Cosine),
            SignedSine = TensorMemory.AddressOf(table.SignedSine),
        };
        void** arguments = stackalloc void*[] { &turning };
        CudaKernels.For(step.Cache.Device)!.LaunchStep(
            "attend_turned", (step.Shape.Places, step.Cache.KeyValueHeads), Threads, arguments);
        return result.MoveToOuterDisposeScope();
    }

    private static (Tensor Result, CudaStepArguments.Attention Attention) Prepare(
        Tensor queries, Tensor keys, Tensor values, int layer, DecodeTablePattern step)
    {
        SlotKeyValueCache cache = step.Cache;
        Tensor q = queries.contiguous(), k = keys.contiguous(), v = values.contiguous();
        (Tensor promptKeys, Tensor promptValues) = cache.Prompts(layer);
        (Tensor rowKeys, Tensor rowValues) = cache.Rows(layer);
        Tensor result = empty(q.shape[0], q.shape[1] * q.shape[2], dtype: cache.DataType, device: cache.Device);
        return (result, new CudaStepArguments.Attention
        {
            Queries = TensorMemory.AddressOf(q),
            Keys = TensorMemory.AddressOf(k),
            Values = TensorMemory.AddressOf(v),
            PromptKeys = TensorMemory.AddressOf(promptKeys),
            PromptValues = TensorMemory.AddressOf(promptValues),
            RowKeys = TensorMemory.AddressOf(rowKeys),
            RowValues = TensorMemory.AddressOf(rowValues),
            Output = TensorMemory.AddressOf(result),
            RowSlots = TensorMemory.AddressOf(step.Inputs.RowSlots),
            OwnLengths = TensorMemory.AddressOf(step.Inputs.OwnLengths),
            PromptSlots = TensorMemory.AddressOf(step.Inputs.PromptSlots),
            PromptLengths = TensorMemory.AddressOf(step.Inputs.PromptLengths),
            Samples = step.Shape.Samples,
            KeyValueHeads = cache.KeyValueHeads,
            QueryHeads = (int)q.shape[1] / cache.KeyValueHeads,
            Width = cache.HeadSize,
            PromptCapacity = cache.PromptCapacity,
            RowCapacity = cache.CompletionCapacity,

            // Includes 1/ln 2, because the kernel exponentiates to base 2.
            Scale = (float)(1 / (Math.Sqrt(cache.HeadSize) * Math.Log(2))),
        });
    }
}
