using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class ExplainedVarianceTests
{
    [Fact]
    public void It_is_the_explained_share_of_the_variance()
    {
        // Returns 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14. Errors 0, 0, 3: mean 1, squares 1 + 1 + 4 = 6.
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = tensor(new long[,] { { 1, 1 }, { 1, 0 } });
        Tensor returns = Batches.Matrix(new[,] { { 1.0, 2 }, { 6, double.NaN } });
        Tensor values = Batches.Matrix(new[,] { { 1.0, 2 }, { 3, 1e30 } });
        Assert.Equal(1 - 6.0 / 14, ExplainedVariance.Compute(values, returns, mask), 12);
        Assert.Equal(1, ExplainedVariance.Compute(returns, returns, mask), 12);
        Assert.Equal(0, ExplainedVariance.Compute(zeros_like(returns), returns, mask), 12);
        Assert.Equal(-3, ExplainedVariance.Compute(returns.neg(), returns, mask), 12);
    }

    [Fact]
    public void It_is_unknown_if_all_returns_are_equal()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Batches.Matrix(new[,] { { 1.0, 2 } });
        Assert.Equal(double.NaN, ExplainedVariance.Compute(values, ones_like(values), ones(1, 2)));
        Assert.Equal(double.NaN, ExplainedVariance.Compute(values, values, zeros(1, 2)));
        Assert.Throws<ArgumentException>(() => ExplainedVariance.Compute(values, ones(2, 2), ones(1, 2)));
    }

    // In doubles (0.1 + 0.1 + 0.1) / 3 is 0.10000000000000002: a variance of 6e-34, and errors of 1 would be 1e33 times as much.
    [Theory]
    [InlineData(0.1, 3)]
    [InlineData(0.7, 7)]
    public void Rounding_is_not_variance(double number, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor returns = full([1, count], number, ScalarType.Float64);
        Tensor values = arange(count, ScalarType.Float64).unsqueeze(0);
        Assert.Equal(double.NaN, ExplainedVariance.Compute(values, returns, ones(1, count)));
    }

    [Fact]
    public void Target_options_report_every_mistake()
    {
        IReadOnlyList<string> problems =
            new PpoTargetOptions { Discount = 1.1, Lambda = double.NaN, KlCoefficient = double.PositiveInfinity }.Validate();
        Assert.Equal(3, problems.Count);
        Assert.StartsWith("Discount is 1.1", problems[0]);
        Assert.StartsWith("Lambda is NaN", problems[1]);
        Assert.StartsWith("KlCoefficient is ", problems[2]);
        Assert.Empty(new PpoTargetOptions().Validate());
        Assert.Empty(PpoTargetOptions.LanguageModel.Validate());
    }
}
