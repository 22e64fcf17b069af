using MedR1.TestSupport;
using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class ScaledDotProductAttentionTests
{
    [Theory]
    [InlineData(4, 4, 6, 6, true, null)]
    [InlineData(4, 2, 6, 6, true, null)]
    [InlineData(6, 2, 1, 9, false, null)]
    [InlineData(6, 1, 5, 9, false, 0.3)]
    public void Equals_the_definition_with_gradients(
        int heads, int keyHeads, int queries, int keys, bool causal, double? scale)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(11, CPU);
        const int Width = 8;
        Tensor q = randn([2, heads, queries, Width], float64, generator: generator).requires_grad_();
        Tensor k = randn([2, keyHeads, keys, Width], float64, generator: generator).requires_grad_();
        Tensor v = randn([2, keyHeads, keys, Width], float64, generator: generator).requires_grad_();
        Tensor weight = randn([2, heads, queries, Width], float64, generator: generator);

        Tensor actual = FusedOperators.ScaledDotProductAttention(
            q, k, v, isCausal: causal, scale: scale, enableGqa: heads != keyHeads);
        (actual * weight).sum().backward();
        Tensor[] gradients = [q.grad!.clone(), k.grad!.clone(), v.grad!.clone()];
        Array.ForEach([q, k, v], input => input.grad!.zero_());

        Tensor? mask = causal ? ones([queries, keys], @bool).tril() : null;
        Tensor expected = Definition(q, k, v, mask, scale ?? 1 / Math.Sqrt(Width));
        (expected * weight).sum().backward();

        Assert.True(actual.allclose(expected, 1e-10, 1e-12));
        Assert.True(gradients[0].allclose(q.grad!, 1e-10, 1e-12));
        Assert.True(gradients[1].allclose(k.grad!, 1e-10, 1e-12));
        Assert.True(gradients[2].allclose(v.grad!, 1e-10, 1e-12));
    }

    [Theory]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.Float32)]
    public void Accepts_a_mask_of_booleans_or_of_numbers(ScalarType maskType)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(13, CPU);
        Tensor q = randn([1, 4, 3, 8], generator: generator);
        Tensor k = randn([1, 2, 5, 8], generator: generator);
        Tensor v = randn([1, 2, 5, 8], generator: generator);
        Tensor seen = ones([3, 5], @bool).tril(2);
        Tensor added = zeros([3, 5]).masked_fill(seen.logical_not(), float.NegativeInfinity);
        Tensor mask = maskType == ScalarType.Bool ? seen : added;

        Tensor actual = FusedOperators.ScaledDotProductAttention(q, k, v, mask, enableGqa: true);

        Assert.True(actual.allclose(Definition(q, k, v, seen, 1 / Math.Sqrt(8)), 1e-5, 1e-6));
    }

    // Fewer queries than a block of libtorch (32), and numbers of keys that are no multiple of a register.
    [Theory]
    [InlineData(1, 261, false)]
    [InlineData(3, 260, false)]
    [InlineData(30, 301, true)]
    [InlineData(2, 703, true)]
    public void A_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads(int queries, int keys, bool hasMask)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(17, CPU);
        Tensor q = randn([3, 10, queries, 6], generator: generator);
        Tensor k = randn([3, 5, keys, 6], generator: generator);
        Tensor v = randn([3, 5, keys, 6], generator: generator);
        Tensor? mask = hasMask ? randn([3, 1, queries, keys], generator: generator) : null;
        Tensor all = Attend(0, 3);
        Assert.All(ThreadCounts.Others, threads => Assert.True(
            ThreadCounts.Run(threads, () => Attend(0, 3)).equal(all).all().item<bool>(), $"{threads} threads"));
        for (int row = 0; row < 3; row++)
        {
            Assert.True(Attend(row, 1).equal(all.narrow(0, row, 1)).all().item<bool>());
        }

        Tensor Attend(long first, long count) => FusedOperators.ScaledDotProductAttention(
            q.narrow(0, first, count), k.narrow(0, first, count), v.narrow(0, first, count), mask?.narrow(0, first, count),
            enableGqa: true);
    }

    // In float32, a few queries are computed with padding queries that are discarded.
    [Theory]
    [InlineData("none")]
    [InlineData("causal")]
    [InlineData("truth values")]
    [InlineData("numbers")]
    [InlineData("for all queries")]
    public void Gradients_of_a_few_queries_equal_those_of_the_definition(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(19, CPU);
        Tensor[] inputs = [randn([2, 4, 3, 8], generator: generator), randn([2, 2, 5, 8], generator: generator),
            randn([2, 2, 5, 8], generator: generator)];
        Tensor weight = randn([2, 4, 3, 8], generator: generator);
        Tensor? seen = kind switch
        {
            "none" => null,
            "causal" => ones([3, 5], @bool).tril(),
            "for all queries" => ones([1, 5], @bool).tril(3),
            _ => ones([3, 5], @bool).tril(1),
        };
        Tensor? mask = kind is "causal" ? null
            : kind is "numbers" or "for all queries"
                ? zeros(seen!.shape).masked_fill(seen.logical_not(), float.NegativeInfinity) : seen;

        Tensor[] few = [.. inputs.Select(input => input.detach().requires_grad_())];
        Tensor actual = FusedOperators.ScaledDotProductAttention(
            few[0], few[1], few[2], mask, isCausal: kind == "causal", enableGqa: true);
        (actual * weight).sum().backward();
        Tensor[] wide = [.. inputs.Select(input => input.to(float64).requires_grad_())];
        Tensor expected = Definition(wide[0], wide[1], wide[2], seen, 1 / Math.Sqrt(8));
        (expected * weight.to(float64)).sum().backward();

        Assert.Equal([2L, 4L, 3L, 8L], actual.shape);
        Assert.True(actual.to(float64).allclose(expected, 1e-5, 1e-6));
        Assert.All(few.Zip(wide), pair => Assert.True(pair.First.grad!.to(float64).allclose(pair.Second.grad!, 1e-4, 1e-6)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void A_mask_for_a_different_number_of_queries_is_refused(int queries)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor q = zeros(1, 4, 5, 8), k = zeros(1, 4, 7, 8), mask = zeros(queries, 7);
        Assert.Contains(
            $"Float32[{queries}, 7]",
            Assert.Throws<TorchOperatorException>(() => FusedOperators.ScaledDotProductAttention(q, k, k, mask)).Message);
    }

    [Fact]
    public void Names_the_operator_and_the_shapes_when_it_fails()
    {
        using Tensor q = zeros(1, 4, 3, 8);
        using Tensor k = zeros(1, 3, 5, 8);

        TorchOperatorException exception = Assert.Throws<TorchOperatorException>(
            () => FusedOperators.ScaledDotProductAttention(q, k, k, enableGqa: true));

        Assert.Equal("aten::scaled_dot_product_attention", exception.OperatorName);
        Assert.Contains(
            "Float32[1, 4, 3, 8] on cpu; Float32[1, 3, 5, 8] on cpu", exception.Message, StringComparison.Ordinal);
    }

    private static Tensor Definition(Tensor q, Tensor k, Tensor v, Tensor? mask, double scale)
    {
        long repeats = q.size(1) / k.size(1);
        Tensor scores = matmul(q, k.repeat_interleave(repeats, 1).transpose(-1, -2)) * scale;
        if (mask is not null)
        {
            scores = scores.masked_fill(mask.logical_not(), float.NegativeInfinity);
        }

        return matmul(scores.softmax(-1), v.repeat_interleave(repeats, 1));
    }
}
