using TorchSharp;

using static TorchSharp.torch;

using static MedR1.Modeling.Tests.Decoding.DecodeCase;

namespace MedR1.Modeling.Tests.Decoding;

public class DecodePatternTests
{
    // Rows of three prompts of different lengths, in unordered slots.
    private static readonly DecodeRow[] Rows =
    [
        new(2, 5, 0), new(2, 1, 3), new(2, 0, 7), new(0, 7, 2), new(1, 6, 4), new(1, 2, 4),
    ];

    [Theory]
    [InlineData(8, ScalarType.Float32, 2e-6)]
    [InlineData(64, ScalarType.Float32, 2e-6)]
    [InlineData(80, ScalarType.Float32, 2e-6)]
    [InlineData(128, ScalarType.BFloat16, 2e-2)]
    public void Rows_attend_by_the_definition(int headSize, ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(53, CPU);
        using SlotKeyValueCache cache = Filled(headSize, type, generator);
        (Tensor queries, Tensor keys, Tensor values) = Step(Rows.Length, headSize, type, generator);
        Tensor actual = new DecodePattern(cache, Rows).Attend(1, queries, keys, values);
        AssertDefined(cache, Rows, queries, keys, values, actual, tolerance);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_row_has_the_same_bits_alone_and_in_a_batch(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(59, CPU);
        using SlotKeyValueCache cache = Filled(48, type, generator);
        (Tensor queries, Tensor keys, Tensor values) = Step(Rows.Length, 48, type, generator);
        DecodePattern all = new(cache, Rows);
        Tensor together = all.Attend(0, queries, keys, values);
        for (int row = 0; row < Rows.Length; row++)
        {
            DecodePattern one = new(cache, [Rows[row]]);
            Tensor alone = one.Attend(
                0, queries.narrow(0, row, 1), keys.narrow(0, row, 1), values.narrow(0, row, 1));
            Assert.True(alone[0].equal(together[row]).all().item<bool>());
        }
    }

    [Fact]
    public void Rows_that_the_cache_does_not_have_are_refused()
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

    [Fact]
    public void A_cache_that_no_kernel_supports_is_refused()
    {
        using SlotKeyValueCache cache = new(1, 1, 8, 2, 2, 4, 3, CPU, ScalarType.Float64);
        cache.Begin([0], [3], [3]);
        Exception refused = Assert.Throws<NotSupportedException>(() => new DecodePattern(cache, [new(0, 0, 0)]));
        Assert.Contains("Float64", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(cache.Programs);
    }
}
