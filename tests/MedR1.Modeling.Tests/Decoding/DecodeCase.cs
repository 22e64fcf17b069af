using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Decoding;

/// <summary>A cache with random prompts and rows, queries, keys and values of a step, and attention by its definition.</summary>
internal static class DecodeCase
{
    public const int Heads = 6;
    public const int KeyValueHeads = 2;

    public static SlotKeyValueCache Filled(int headSize, ScalarType type, Generator generator, bool byTensors = false)
    {
        SlotKeyValueCache cache = new(2, KeyValueHeads, headSize, 3, 8, 20, 9, CPU, type) { AttendsByTensors = byTensors };
        int[] lengths = [4, 20, 11];
        cache.Begin([0, 1, 2], lengths, lengths);
        for (int layer = 0; layer < 2; layer++)
        {
            cache.WritePrompts(
                layer, [0, 1, 2], Random(generator, type, 60, KeyValueHeads, headSize),
                Random(generator, type, 60, KeyValueHeads, headSize), 20);
            (Tensor keys, Tensor values) = cache.Rows(layer);
            keys.copy_(Random(generator, type, 8, KeyValueHeads, 9, headSize));
            values.copy_(Random(generator, type, 8, KeyValueHeads, 9, headSize));
        }

        return cache;
    }

    public static (Tensor Queries, Tensor Keys, Tensor Values) Step(
        int rows, int headSize, ScalarType type, Generator generator) => (
        Random(generator, type, rows, Heads, headSize),
        Random(generator, type, rows, KeyValueHeads, headSize),
        Random(generator, type, rows, KeyValueHeads, headSize));

    private static Tensor Random(Generator generator, ScalarType type, params long[] shape) =>
        randn(shape, generator: generator).to(type);

    /// <summary>Checks attention in layer 1 against the definition, row by row.</summary>
    public static void AssertDefined(
        SlotKeyValueCache cache, IReadOnlyList<DecodeRow> rows, Tensor queries, Tensor keys, Tensor values, Tensor actual,
        double tolerance)
    {
        Assert.Equal(queries.dtype, actual.dtype);
        Assert.Equal(rows.Count, actual.shape[0]);
        for (int row = 0; row < rows.Count; row++)
        {
            Tensor expected = Defined(cache, rows[row], queries[row], keys[row], values[row]);
            double error = (actual[row].to(float64) - expected).abs().max().ToDouble();
            Assert.True(error < tolerance, $"row {row}: {error}");
        }
    }

    // softmax(q kᵀ / sqrt(d)) v in float64, head by head, over the prompt, the row's own tokens and the new one.
    private static Tensor Defined(SlotKeyValueCache cache, DecodeRow row, Tensor query, Tensor key, Tensor value)
    {
        int prompt = cache.PromptLengths[row.PromptSlot];
        (Tensor promptKeys, Tensor promptValues) = cache.Prompts(1);
        (Tensor rowKeys, Tensor rowValues) = cache.Rows(1);
        List<Tensor> heads = [];
        for (int head = 0; head < Heads; head++)
        {
            int shared = head / (Heads / KeyValueHeads);
            Tensor keys = All(promptKeys, rowKeys, key, shared);
            Tensor values = All(promptValues, rowValues, value, shared);
            Tensor scores = keys.mv(query[head].to(float64)) / Math.Sqrt(cache.HeadSize);
            heads.Add(values.t().mv(scores.softmax(0)));
        }

        return cat(heads, 0);

        Tensor All(Tensor prompts, Tensor rows, Tensor newest, int head) => cat(
            [
                prompts[row.PromptSlot, head].narrow(0, 0, prompt),
                rows[row.RowSlot, head].narrow(0, 0, row.Length),
                newest[head].unsqueeze(0),
            ], 0).to(float64);
    }
}
