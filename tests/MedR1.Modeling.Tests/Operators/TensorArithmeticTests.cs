using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests;

public sealed class TensorArithmeticTests
{
    // With TorchSharp's operator instead of Plus, this fails within some 10,000 sums: the scalar 1 that it creates is collected while
    // libtorch reads it.
    [Fact]
    public void NumbersLiveUntilTheOperatorHasReturned()
    {
        const int Sums = 60_000;
        using CancellationTokenSource done = new();
        Thread collector = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
#pragma warning disable RS0030 // Collecting at arbitrary moments is the point of this test.
                GC.Collect();
#pragma warning restore RS0030
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using Tensor left = ones(200, 96);
            using Tensor right = ones(200, 96);
            for (int i = 0; i < Sums; i++)
            {
                using Tensor sum = left.Plus(right);
                using Tensor scaled = sum.Times(0.5);
                using Tensor first = scaled[0, 0];
                Assert.Equal(1f, first.item<float>());
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    // Expected values computed by hand from (-2, 0, 3).
    [Fact]
    public void ComputesWhatTheOperatorsCompute()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor([-2f, 0f, 3f]);
        Tensor others = tensor([10f, 20f, 30f]);
        AssertValues([8, 20, 33], values.Plus(others));
        AssertValues([3, 10, 18], values.Plus(others, 0.5));
        AssertValues([-1.5f, 0.5f, 3.5f], values.Plus(0.5));
        AssertValues([-22, 0, 93], values.PlusProduct(values, others));
        AssertValues([-2.5f, -0.5f, 2.5f], values.Minus(0.5));
        AssertValues([-1, 0, 1.5f], values.Times(0.5));
        AssertValues([-1, 0, 1.5f], values.DividedBy(2));
        AssertValues([4, 0, 9], values.ToPower(2));
        AssertValues([-1, 0, 2], values.Limited(least: -1.0, most: 2.0));
        AssertValues([7, 0, 7], values.FilledWhere(tensor([true, false, true]), 7));
        AssertValues([-2, 5, 5], values.FilledAt(0, tensor([1L, 2L]), 5));
    }

    [Fact]
    public void ComparesWithNumbers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor([-2f, 0f, 3f]);
        AssertTruths([false, false, true], values.Above(0));
        AssertTruths([false, true, true], values.AtLeast(0.0));
        AssertTruths([true, false, false], values.Below(0));
        AssertTruths([true, true, false], values.AtMost(0));
        AssertTruths([false, true, false], values.EqualTo(0.0));
    }

    [Fact]
    public void ChangesInPlace()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor([-2f, 0f, 3f]);
        values.PlusInPlace(tensor([1f, 1f, 1f]));
        values.PlusInPlace(tensor([1f, 2f, 3f]), 2);
        values.PlusInPlace(1);
        AssertValues([2, 6, 11], values);
        values.TimesInPlace(0.5);
        AssertValues([1, 3, 5.5f], values);
        values.FillInPlace(4);
        AssertValues([4, 4, 4], values);
    }

    // Beyond 2^53, where a double would round.
    [Fact]
    public void WholeNumbersStayWholeNumbers()
    {
        const long Large = (1L << 53) + 1;
        using DisposeScope scope = NewDisposeScope();
        Tensor counted = TensorArithmetic.CountTo(3);
        Assert.Equal(ScalarType.Int64, counted.dtype);
        Assert.Equal([Large, Large + 1, Large + 2], counted.Plus(Large).data<long>().ToArray());
        Assert.Equal([0L, Large, 2 * Large], counted.Times(Large).data<long>().ToArray());
        Assert.Equal([-Large, 1 - Large, 2 - Large], counted.Minus(Large).data<long>().ToArray());
        Assert.Equal([1L, 1L, 1L], counted.Limited(least: 1, most: 1).data<long>().ToArray());
        AssertTruths([false, true, false], counted.EqualTo(1));
        AssertTruths([false, true, true], counted.AtLeast(1));
    }

    private static void AssertValues(float[] expected, Tensor actual) => Assert.Equal(expected, actual.data<float>().ToArray());

    private static void AssertTruths(bool[] expected, Tensor actual) => Assert.Equal(expected, actual.data<bool>().ToArray());
}
