using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Policies;

/// <summary>What a decoder gives to a cache must have the sizes that the cache was created for.</summary>
public sealed class CacheRulesTests
{
    private const int Layers = 2, KeyValueHeads = 2, HeadSize = 4;

    [Theory]
    [InlineData(0, 2, 4)]
    [InlineData(2, 0, 4)]
    [InlineData(2, 2, 0)]
    public void A_cache_has_layers_and_heads(int layers, int heads, int headSize) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new SlotKeyValueCache(layers, heads, headSize, 1, 1, 4, 3, CPU, ScalarType.Float32));

    // Four heads of two numbers have as many numbers as two heads of four, but would be stored in the wrong places.
    [Theory]
    [InlineData(new long[] { 3, 4, 2 })]
    [InlineData(new long[] { 3, 8 })]
    [InlineData(new long[] { 2, 2, 4 })]
    [InlineData(new long[] { 3, 1, 4 })]
    public void Prompts_of_other_heads_are_refused_with_both_shapes(long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        using SlotKeyValueCache cache = Create();
        Tensor right = ones(3, KeyValueHeads, HeadSize), wrong = ones(shape);
        ArgumentException keys = Assert.Throws<ArgumentException>(() => cache.WritePrompts(0, [0], wrong, right, 3));
        Assert.Equal("keys", keys.ParamName);
        Assert.Contains("[3, 2, 4]", keys.Message, StringComparison.Ordinal);
        Assert.Contains($"got [{string.Join(", ", shape)}]", keys.Message, StringComparison.Ordinal);
        Assert.Equal("values", Assert.Throws<ArgumentException>(() => cache.WritePrompts(0, [0], right, wrong, 3)).ParamName);
        Assert.Equal(0, cache.Prompts(0).Keys.abs().sum().ToDouble());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Layers)]
    public void A_layer_that_the_cache_does_not_have_is_refused(int layer)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using SlotKeyValueCache cache = Create();
        Tensor vectors = ones(3, KeyValueHeads, HeadSize);
        Says(() => cache.WritePrompts(layer, [0], vectors, vectors, 3));
        Says(() => cache.Prompts(layer));
        Says(() => cache.Rows(layer));
        cache.Begin([0], [3], [3]);
        Tensor one = ones(1, KeyValueHeads, HeadSize);
        Says(() => new DecodePattern(cache, [new DecodeRow(0, 0, 0)]).Attend(layer, one, one, one));

        static void Says(Action action) => Assert.Contains(
            "created for 2 layers, 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slots_and_lengths_that_the_cache_does_not_have_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SlotKeyValueCache cache = Create();
        Tensor five = ones(5, KeyValueHeads, HeadSize), three = ones(3, KeyValueHeads, HeadSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.WritePrompts(0, [0], five, five, 5));

        // Taken from the end, -1 would be the last slot.
        Assert.Throws<ArgumentException>(() => cache.WritePrompts(0, [-1], three, three, 3));
        Assert.Throws<ArgumentException>(() => cache.WritePrompts(0, [2], three, three, 3));
    }

    // The kernel would read a negative number of prompt tokens.
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(5)]
    public void Prompts_of_no_or_too_many_tokens_are_refused_and_change_no_slot(int length)
    {
        using SlotKeyValueCache cache = Create();
        cache.Begin([1], [2], [2]);
        string message = Assert.Throws<InvalidPromptException>(() => cache.Begin([1, 0], [3, length], [3, 3])).Message;
        Assert.Contains($"has {length} tokens, but the cache was created for prompts of 1 to 4", message, StringComparison.Ordinal);
        Assert.Equal([0, 2], cache.PromptLengths);
    }

    [Fact]
    public void Prompts_of_one_token_and_of_the_capacity_are_taken_with_a_slot_and_a_position_each()
    {
        using SlotKeyValueCache cache = Create();
        cache.Begin([1, 0], [1, 4], [1, 4]);
        Assert.Equal([4, 1], cache.PromptLengths);
        Assert.Throws<ArgumentException>(() => cache.Begin([0, 2], [1, 1], [1, 1]));
        Assert.Throws<ArgumentException>(() => cache.Begin([0], [1, 1], [1]));
        Assert.Throws<ArgumentException>(() => cache.Begin([0], [1], [1, 1]));
        Assert.Equal([4, 1], cache.PromptLengths);
    }

    // Keys and values of 2 layers, each of 2 heads of 4 numbers of 4 bytes: 2 prompts of 4 tokens and 2 rows of 3.
    [Fact]
    public void The_size_is_that_of_all_keys_and_values()
    {
        using SlotKeyValueCache cache = Create();
        Assert.Equal(2 * 2 * (2 * 4 * 4) * (2 * 4 + 2 * 3), cache.ByteSize);
    }

    // The kernel reads by address, and would read beyond the end.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_of_other_heads_rows_or_numbers_is_refused(bool byTensors)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        DecodeRow[] rows = [new(0, 0, 0), new(1, 1, 0)];
        Tensor queries = ones(2, 6, HeadSize), vectors = ones(2, KeyValueHeads, HeadSize);
        Attend(queries, vectors, vectors);
        Says("queries", "[2, heads, 4]", ones(2, 3, HeadSize), vectors, vectors);
        Says("queries", "got [1, 6, 4]", ones(1, 6, HeadSize), vectors, vectors);
        Says("keys", "got [2, 4, 2]", queries, ones(2, 4, 2), vectors);
        Says("values", "[2, 2, 4]", queries, vectors, ones(1, KeyValueHeads, HeadSize));
        Says("queries", "Expected Float32 as in the cache, but got Float64", queries.to(float64), vectors, vectors);
        Says("keys", "Expected Float32 as in the cache, but got Float64", queries, vectors.to(float64), vectors);
        Says("values", "Expected Float32 as in the cache, but got Float64", queries, vectors, vectors.to(float64));

        void Says(string name, string text, Tensor q, Tensor k, Tensor v)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => Attend(q, k, v));
            Assert.Equal(name, error.ParamName);
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }

        void Attend(Tensor q, Tensor k, Tensor v)
        {
            using SlotKeyValueCache cache = Create(byTensors);
            cache.Begin([0, 1], [3, 2], [3, 2]);
            if (cache.Programs is { } programs)
            {
                programs.Run(rows, zeros(2, ScalarType.Int64), new AdapterHost([]), (_, _, pattern) => pattern.Attend(0, q, k, v));
            }
            else
            {
                new DecodePattern(cache, rows).Attend(0, q, k, v);
            }
        }
    }

    // A rollout may try a smaller cache, for which there would be no memory until a garbage collection.
    [Fact]
    public void A_cache_that_does_not_fit_the_memory_leaves_nothing_behind()
    {
        long alive = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        // Prompts of 32 bytes, and rows of 2⁶⁰.
        Assert.ThrowsAny<Exception>(() => new SlotKeyValueCache(
            Layers, 1, 1, 1, 1 << 29, 4, 1 << 28, CPU, ScalarType.Float64));
        Assert.Equal(alive, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static SlotKeyValueCache Create(bool byTensors = true) =>
        new(Layers, KeyValueHeads, HeadSize, 2, 2, 4, 3, CPU, ScalarType.Float32) { AttendsByTensors = byTensors };
}
