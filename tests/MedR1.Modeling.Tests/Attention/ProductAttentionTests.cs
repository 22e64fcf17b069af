using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Attention;

public sealed class ProductAttentionTests
{
    [Theory]
    [InlineData(4, 4, false)]
    [InlineData(6, 2, true)]
    [InlineData(3, 1, true)]
    public void It_equals_the_fused_operator_with_gradients(int heads, int keyHeads, bool isBiased)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(19, CPU);
        const int Width = 16;
        Tensor q = randn([3, 5, heads, Width], float64, generator: generator).requires_grad_();
        Tensor k = randn([3, 9, keyHeads, Width], float64, generator: generator).requires_grad_();
        Tensor v = randn([3, 9, keyHeads, Width], float64, generator: generator).requires_grad_();
        Tensor? bias = isBiased
            ? zeros([3, 1, 5, 9], float64).masked_fill(ones([5, 9], @bool).tril(2).logical_not(), float.NegativeInfinity)
            : null;
        Tensor weight = randn([3, 5, heads * Width], float64, generator: generator);

        Tensor actual = ProductAttention.Attend(q, k, v, bias);
        (actual * weight).sum().backward();
        Tensor[] gradients = [q.grad!.clone(), k.grad!.clone(), v.grad!.clone()];
        Array.ForEach([q, k, v], input => input.grad!.zero_());
        Tensor expected = FusedOperators.ScaledDotProductAttention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), bias, enableGqa: heads != keyHeads)
            .transpose(1, 2).reshape(3, 5, -1);
        (expected * weight).sum().backward();

        Assert.True(actual.allclose(expected, 1e-12, 1e-12));
        Assert.True(gradients[0].allclose(q.grad!, 1e-12, 1e-12));
        Assert.True(gradients[1].allclose(k.grad!, 1e-12, 1e-12));
        Assert.True(gradients[2].allclose(v.grad!, 1e-12, 1e-12));
    }

    [Theory]
    [InlineData(16, 128, ScalarType.Float32, true)]
    [InlineData(16, 128, ScalarType.BFloat16, false)]
    [InlineData(1, 1024, ScalarType.Float32, false)]
    [InlineData(400, 128, ScalarType.Float32, false)]
    public void It_is_used_for_short_sequences_in_float32_on_the_CPU(int sequences, int length, ScalarType type, bool expected)
    {
        using Tensor queries = empty([sequences, length, 4, 8], type);
        using Tensor keys = empty([sequences, length, 2, 8], type);
        Assert.Equal(expected, ProductAttention.IsFaster(queries, keys));
    }
}
