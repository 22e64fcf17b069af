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
    public void Equals_the_definition_with_its_gradients(
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
    public void Takes_a_mask_of_truth_values_or_of_numbers(ScalarType maskType)
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
