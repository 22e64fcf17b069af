using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

[Collection(nameof(FusedOperatorTests))]
[CollectionDefinition(nameof(FusedOperatorTests), DisableParallelization = true)]
public sealed class FusedOperatorTests
{
    [Fact]
    public void Reads_the_bits_of_numbers_as_another_type()
    {
        using Tensor numbers = tensor(new[] { 1f, -2f });
        using Tensor bits = FusedOperators.ViewAsType(numbers, int32);
        using Tensor halves = FusedOperators.ViewAsType(numbers, bfloat16);

        Assert.Equal([0x3f800000, unchecked((int)0xc0000000)], bits.data<int>().ToArray());
        Assert.Equal([4], halves.shape);

        bits[0] = tensor(0x40000000);
        Assert.Equal(2f, numbers[0].item<float>());
    }

    [Fact]
    public void Scales_parameters_in_place()
    {
        using Tensor first = ones(3).requires_grad_();
        using Tensor second = full([2, 2], 4f);
        using Tensor factor = tensor(0.5f);

        FusedOperators.ScaleInPlace([first, second], factor);
        FusedOperators.ScaleInPlace([], factor);

        Assert.Equal([0.5f, 0.5f, 0.5f], first.detach().data<float>().ToArray());
        Assert.Equal([2f, 2f, 2f, 2f], second.data<float>().ToArray());
        Assert.True(first.is_leaf);
    }

    [Fact]
    public void Records_no_gradient_under_no_grad()
    {
        using Tensor x = ones(2, 4).requires_grad_();
        using Tensor with = FusedOperators.RmsNorm(x, null, 0);
        using IDisposable noGradient = no_grad();
        using Tensor without = FusedOperators.RmsNorm(x, null, 0);

        Assert.True(with.requires_grad);
        Assert.False(without.requires_grad);
    }

    [Fact]
    public void Registers_results_in_the_dispose_scope()
    {
        using Tensor x = ones(2, 4);
        Tensor result;
        using (NewDisposeScope())
        {
            result = FusedOperators.RmsNorm(x, null, 0);
        }

        Assert.True(result.IsInvalid);
    }

    [Fact]
    public void Refuses_a_disposed_tensor_without_losing_the_other_arguments()
    {
        using Tensor q = zeros(1, 4, 3, 8);
        Tensor disposed = zeros(1, 4, 3, 8);
        disposed.Dispose();

        Assert.ThrowsAny<Exception>(() => FusedOperators.ScaledDotProductAttention(q, q, disposed));
    }

    [Fact]
    public void Leaks_nothing_on_success_and_failure()
    {
        // A leaked handle would keep 2 MiB alive: 200 rounds would keep 400 MiB or more. The allocator retains tens of MiB after
        // other tests, so the limit is half a leak: 1 MiB per round.
        const int Rounds = 200;
        for (int round = 0; round < 5; round++)
        {
            Round();
        }

        long before = Environment.WorkingSet;
        for (int round = 0; round < Rounds; round++)
        {
            Round();
        }

        long growth = Environment.WorkingSet - before;
        Assert.True(growth < (long)Rounds << 20, $"The process grew by {growth >> 20} MiB.");

        static void Round()
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            Tensor x = zeros(1, 16, 256, 128);
            Tensor gain = ones(128);
            FusedOperators.ViewAsType(FusedOperators.RmsNorm(x, gain, 1e-6), int32);
            Tensor factor = ones([]);
            FusedOperators.ScaleInPlace([x], factor);
            AdamWCoefficients coefficients = new() { LearningRate = 0.1 };
            FusedOperators.AdamWStep(
                [x], [zeros_like(x)], [zeros_like(x)], [zeros_like(x)], 1, coefficients, factor);
            Tensor disposed = zeros(1);
            disposed.Dispose();
            Assert.ThrowsAny<Exception>(() => FusedOperators.ScaledDotProductAttention(x, x, disposed));
            Assert.ThrowsAny<Exception>(() => FusedOperators.ScaleInPlace([x, disposed], factor));
            Tensor query = x.narrow(2, 0, 1);
            FusedOperators.ScaledDotProductAttention(query, x, x, ones([1, 256]), scale: 0.5);
        }
    }
}
