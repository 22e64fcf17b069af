using TorchSharp;

using static MedR1.Modeling.Tests.Decoding.DecodeCase;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Decoding;

public class DecodeProgramsTests
{
    // Ragged rows in unordered slots; a full table in order, twice with different lengths; one row; a prompt that occurs
    // twice.
    private static readonly DecodeRow[][] Steps =
    [
        [new(2, 5, 0), new(2, 1, 3), new(2, 0, 7), new(0, 7, 2), new(1, 6, 4), new(1, 2, 4)],
        [new(0, 0, 1), new(0, 1, 8), new(1, 2, 3), new(1, 3, 3), new(2, 4, 0), new(2, 5, 5)],
        [new(0, 0, 2), new(0, 1, 0), new(1, 2, 4), new(1, 3, 4), new(2, 4, 1), new(2, 5, 6)],
        [new(1, 3, 8)],
        [new(0, 0, 1), new(1, 2, 3), new(0, 1, 8)],
    ];

    [Theory]
    [InlineData(8, ScalarType.Float32, 2e-6)]
    [InlineData(80, ScalarType.Float64, 1e-12)]
    [InlineData(128, ScalarType.BFloat16, 2e-2)]
    public void Steps_of_one_cache_attend_by_the_definition(int headSize, ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(61, CPU);
        using SlotKeyValueCache cache = Filled(headSize, type, generator, byTensors: true);

        // A recording reads the same tensors in each step, as it reads the same weights in a model.
        (Tensor queries, Tensor keys, Tensor values) = Step(Steps[0].Length, headSize, type, generator);

        // Twice, the second time with the recording of the first.
        foreach (DecodeRow[] rows in Steps.Concat(Steps))
        {
            (Tensor newQueries, Tensor newKeys, Tensor newValues) = Step(Steps[0].Length, headSize, type, generator);
            queries.copy_(newQueries);
            keys.copy_(newKeys);
            values.copy_(newValues);
            Tensor actual = Attend(cache, rows, queries, keys, values);
            AssertDefined(cache, rows, queries, keys, values, actual, tolerance);
        }
    }

    [Fact]
    public void Positions_follow_the_prompt_and_the_tokens_of_the_row()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(67, CPU);
        using SlotKeyValueCache cache = Filled(8, ScalarType.Float32, generator, byTensors: true);

        // Filled uses the length of each prompt as the next position: 4, 20 and 11 tokens.
        Tensor positions = cache.Programs!.Run(
            Steps[0], TensorArithmetic.CountTo(6), new AdapterHost([]), (_, at, _) => at.to(ScalarType.Float32).unsqueeze(1));
        Assert.Equal([11f, 14f, 18f, 6f, 24f, 24f], positions.data<float>().ToArray());
    }

    [Fact]
    public void Uninitialized_memory_adds_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using (Tensor poison = full([1L << 20], float.NaN))
        {
            // Its memory may be reused for the cache.
        }

        using Generator generator = new(71, CPU);
        using SlotKeyValueCache cache = new(2, KeyValueHeads, 8, 3, 8, 20, 9, CPU, ScalarType.Float32) { AttendsByTensors = true };
        cache.Begin([0, 1], [2, 20], [2, 20]);
        (Tensor queries, Tensor keys, Tensor values) = Step(2, 8, ScalarType.Float32, generator);
        Assert.True(Attend(cache, [new(0, 0, 0), new(1, 1, 5)], queries, keys, values).isfinite().all().item<bool>());
    }

    [Fact]
    public void Growing_and_ending_rows_seldom_change_the_shape()
    {
        using SlotKeyValueCache cache = new(1, 1, 8, 4, 64, 300, 512, CPU, ScalarType.Float32);
        cache.Begin([0, 1, 2, 3], [250, 260, 270, 280], [250, 260, 270, 280]);
        HashSet<DecodeShape> shapes = [];
        for (int length = 0; length < 512; length++)
        {
            shapes.Add(Shape(16, length));
        }

        // Capacities for the rows' own tokens: 32, 48, 64, 96, 128, 192, 256, 384, 512.
        Assert.Equal(9, shapes.Count);
        Assert.Equal(new DecodeShape(4, 16, 300, 32, true, true), Shape(16, 3));
        Assert.Equal(new DecodeShape(4, 12, 300, 48, true, false), Shape(11, 32));
        Assert.Equal(new DecodeShape(4, 12, 300, 48, true, false), Shape(9, 47));

        DecodeShape Shape(int samples, int length) => DecodeShape.Of(
            new DecodePlan(
                [.. Enumerable.Range(0, 4 * samples).Select(row => new DecodeRow(row / samples, row, length))], cache,
                int.MaxValue),
            cache);
    }

    private static Tensor Attend(
        SlotKeyValueCache cache, DecodeRow[] rows, Tensor queries, Tensor keys, Tensor values) =>
        cache.Programs!.Run(
            rows, TensorArithmetic.CountTo(rows.Length), new AdapterHost([]),
            (places, _, pattern) => pattern.Attend(
                1, queries.index_select(0, places), keys.index_select(0, places), values.index_select(0, places)));
}
