using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Attention;

public class DecodePatternTests
{
    private const int Heads = 6;
    private const int KeyValueHeads = 2;

    // Rows of three prompts, of different lengths, in slots out of order.
    private static readonly DecodeRow[] Rows =
    [
        new(2, 5, 0), new(2, 1, 3), new(2, 0, 7), new(0, 7, 2), new(1, 6, 4), new(1, 2, 4),
    ];

    [Theory]
    [InlineData(8, ScalarType.Float32, 2e-6)]
    [InlineData(64, ScalarType.Float32, 2e-6)]
    [InlineData(80, ScalarType.Float32, 2e-6)]
    [InlineData(128, ScalarType.BFloat16, 2e-2)]
    public void Kernel_and_tensors_give_what_the_definition_gives(int headSize, ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        foreach (bool byTensors in (bool[])[false, true])
        {
            using Generator generator = new(53, CPU);
            using SlotKeyValueCache cache = Filled(headSize, type, generator);
            (Tensor queries, Tensor keys, Tensor values) = Step(Rows.Length, headSize, type, generator);
            using DecodePattern pattern = new(cache, Rows, byTensors);
            Tensor actual = pattern.Attend(1, queries, keys, values);
            Assert.Equal(type, actual.dtype);
            for (int row = 0; row < Rows.Length; row++)
            {
                Tensor expected = Defined(cache, Rows[row], queries[row], keys[row], values[row]);
                double error = (actual[row].to(float64) - expected).abs().max().ToDouble();
                Assert.True(error < tolerance, $"row {row}, by tensors {byTensors}: {error}");
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_row_has_the_same_bits_alone_and_in_company(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(59, CPU);
        using SlotKeyValueCache cache = Filled(48, type, generator);
        (Tensor queries, Tensor keys, Tensor values) = Step(Rows.Length, 48, type, generator);
        using DecodePattern all = new(cache, Rows);
        Tensor together = all.Attend(0, queries, keys, values);
        for (int row = 0; row < Rows.Length; row++)
        {
            using DecodePattern one = new(cache, [Rows[row]]);
            Tensor alone = one.Attend(
                0, queries.narrow(0, row, 1), keys.narrow(0, row, 1), values.narrow(0, row, 1));
            Assert.True(alone[0].equal(together[row]).all().item<bool>());
        }
    }

    [Fact]
    public void Rows_that_the_cache_does_not_have_are_named()
    {
        using SlotKeyValueCache cache = new(1, 1, 8, 2, 2, 4, 3, CPU, ScalarType.Float32);
        cache.Begin([0], [3], [3]);
        Says<ArgumentException>("RowSlot = 2", [new(0, 2, 0)]);
        Says<ArgumentException>("RowSlot = 1", [new(0, 1, 0), new(0, 1, 0)]);
        Says<InvalidOperationException>("Slot 1", [new(1, 0, 0)]);
        Says<InvalidOperationException>("completions of 3 tokens", [new(0, 0, 3)]);

        void Says<T>(string text, DecodeRow[] rows)
            where T : Exception
            => Assert.Contains(text, Assert.Throws<T>(() => new DecodePattern(cache, rows)).Message, StringComparison.Ordinal);
    }

    private static SlotKeyValueCache Filled(int headSize, ScalarType type, Generator generator)
    {
        SlotKeyValueCache cache = new(2, KeyValueHeads, headSize, 3, 8, 20, 9, CPU, type);
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

    private static (Tensor Queries, Tensor Keys, Tensor Values) Step(
        int rows, int headSize, ScalarType type, Generator generator) => (
        Random(generator, type, rows, Heads, headSize),
        Random(generator, type, rows, KeyValueHeads, headSize),
        Random(generator, type, rows, KeyValueHeads, headSize));

    private static Tensor Random(Generator generator, ScalarType type, params long[] shape) =>
        randn(shape, generator: generator).to(type);

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
