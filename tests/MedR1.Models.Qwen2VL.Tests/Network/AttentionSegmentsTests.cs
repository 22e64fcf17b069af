using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class AttentionSegmentsTests
{
    private const int Heads = 3;
    private const int HeadSize = 20;

    // Segments of the same length that are not adjacent, so that they are gathered and scattered.
    private static readonly int[] _lengths = [9, 33, 9, 1, 33];

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void Each_token_attends_only_to_its_segment(ScalarType type, bool recorded)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor queries, Tensor keys, Tensor values) = Vectors(_lengths.Sum(), type);
        using IDisposable mode = recorded ? enable_grad() : no_grad();
        using var segments = new AttentionSegments(_lengths, type, CPU);
        Tensor actual = segments.Attend(queries, keys, values);
        Assert.Equal(type, actual.dtype);
        Assert.Equal([_lengths.Sum(), Heads * (long)HeadSize], actual.shape);
        Tensor expected = cat([.. _lengths.Select((length, index) =>
        {
            int start = _lengths[..index].Sum();
            return Defined(queries.narrow(0, start, length), keys.narrow(0, start, length), values.narrow(0, start, length));
        })], 0);
        Assert.InRange(Largest(actual, expected), 0, type == ScalarType.Float32 ? 2e-6 : Rounding(queries, keys, values));
    }

    // Two heads at once, one head, a few tokens of a head, one token.
    [Theory]
    [InlineData(2 * 37 * 37)]
    [InlineData(37 * 37)]
    [InlineData(10 * 37)]
    [InlineData(1)]
    public void Scores_written_in_pieces_give_the_same(long mostScores)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        (Tensor queries, Tensor keys, Tensor values) = Vectors(2 * 37, ScalarType.BFloat16);
        Tensor whole = SegmentAttention.Apply(Segments(queries), Segments(keys), Segments(values), null);
        Tensor pieces = SegmentAttention.Apply(Segments(queries), Segments(keys), Segments(values), null, mostScores);

        // Products of a different shape may sum in a different order: occasionally off by a unit in the last place.
        Assert.InRange(Largest(whole, pieces), 0, Math.Pow(2, -8) * values.abs().max().ToDouble());

        static Tensor Segments(Tensor vectors) => vectors.view(2, 37, Heads, HeadSize);
    }

    // Rounding scores to bfloat16 changes a weight by 2^-8 times the size of the score; so does rounding queries. Weights and
    // results add their own rounding; all of it is multiplied by the values.
    private static double Rounding(Tensor queries, Tensor keys, Tensor values)
    {
        double most = bmm(Wide(queries), Wide(keys).transpose(1, 2)).abs().max().ToDouble() / Math.Sqrt(HeadSize);
        return Math.Pow(2, -9) * (2 * most + 2) * values.abs().max().ToDouble();
    }

    private static (Tensor Queries, Tensor Keys, Tensor Values) Vectors(long tokens, ScalarType type)
    {
        using Generator generator = new(7, CPU);
        Tensor[] three = [.. Enumerable.Range(0, 3)
            .Select(_ => randn([tokens, Heads, HeadSize], generator: generator).to(type))];
        return (three[0], three[1], three[2]);
    }

    private static Tensor Defined(Tensor queries, Tensor keys, Tensor values)
    {
        Tensor scores = bmm(Wide(queries), Wide(keys).transpose(1, 2)) / Math.Sqrt(HeadSize);
        return bmm(scores.softmax(-1), Wide(values)).transpose(0, 1).reshape(queries.shape[0], -1);
    }

    private static Tensor Wide(Tensor vectors) => vectors.to(ScalarType.Float64).transpose(0, 1);

    private static double Largest(Tensor left, Tensor right) =>
        (left.to(ScalarType.Float64) - right.to(ScalarType.Float64)).abs().max().ToDouble();
}
