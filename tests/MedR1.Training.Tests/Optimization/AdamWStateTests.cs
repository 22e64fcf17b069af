using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>What the optimizer keeps between steps, and how it splits a step over many parameters.</summary>
public sealed class AdamWStateTests
{
    // Parameters of 35, 5 and 15 numbers: 39 splits after the first, 40 after the second, 1 after each.
    [Theory]
    [InlineData(1)]
    [InlineData(39)]
    [InlineData(40)]
    public void Widening_a_few_gradients_at_a_time_changes_nothing(long atATime)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(StepTwice(1L << 25), StepTwice(atATime));

        static double[] StepTwice(long chunk)
        {
            List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.BFloat16);
            using AdamWOptimizer optimizer = new(
                [new ParameterGroup("all", parameters) { LearningRate = 0.1, WeightDecay = 0.1 }]) { ChunkElements = chunk };
            for (int step = 0; step < 2; step++)
            {
                OptimizationFixture.SetGradients(parameters, step);
                optimizer.Step();
            }

            return
            [
                .. OptimizationFixture.Values(parameters),
                .. optimizer.GetState().OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .SelectMany(pair => OptimizationFixture.Values(pair.Value)),
            ];
        }
    }

    [Fact]
    public void A_loaded_master_copy_is_rounded_into_its_parameter_at_once()
    {
        // A resumed run samples before its first step. The spacing of bfloat16 above 1 is 2^-7: 1.04 is nearest to 1 + 5·2^-7.
        using DisposeScope scope = NewDisposeScope();
        Parameter weight = new(ones(2, ScalarType.BFloat16));
        using AdamWOptimizer optimizer = new([new ParameterGroup("all", [new("w", weight)])]);
        optimizer.LoadState(new Dictionary<string, Tensor>
        {
            ["step.w"] = tensor(3L),
            ["first_moment.w"] = zeros(2),
            ["second_moment.w"] = zeros(2),
            ["master_weight.w"] = full(2, 1.04f),
        });
        Assert.All(OptimizationFixture.Values(weight), value => Assert.Equal(1.0390625, value));
    }

    [Fact]
    public void Moments_and_master_copies_are_freed_when_they_are_forgotten_or_the_optimizer_is_disposed()
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.BFloat16);
        AdamWOptimizer optimizer = new(ParameterGroups.Create(parameters, 0.01));
        Tensor[] forgotten = Kept();
        optimizer.LoadState(new Dictionary<string, Tensor>());
        Tensor[] disposed = Kept();
        optimizer.Dispose();

        // Three parameters, each with two moments and a master copy.
        Assert.Equal(9, forgotten.Length);
        Assert.All(forgotten.Concat(disposed), tensor => Assert.True(tensor.IsInvalid));
        Assert.All(parameters, pair => Assert.False(pair.Value.IsInvalid));

        Tensor[] Kept()
        {
            OptimizationFixture.SetGradients(parameters, 0);
            optimizer.Step();
            return [.. optimizer.GetState().Where(pair => !pair.Key.StartsWith("step.", StringComparison.Ordinal)).Select(pair => pair.Value)];
        }
    }

    // User code may leave inference mode on, and the next step may be made by a thread without it.
    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void A_first_step_in_inference_mode_is_like_any_other(ScalarType type, bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(StepTwice(no_grad), StepTwice(() => inference_mode()));

        double[] StepTwice(Func<IDisposable> mode)
        {
            List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(type);
            using AdamWOptimizer optimizer = new(ParameterGroups.Create(parameters, 0.1), new AdamWOptions { Fused = isFused });
            OptimizationFixture.SetGradients(parameters, 0);
            using (mode())
            {
                optimizer.Step();
            }

            OptimizationFixture.SetGradients(parameters, 1);
            optimizer.Step();
            optimizer.LoadState(optimizer.GetState().ToDictionary(pair => pair.Key, pair => pair.Value.clone()));
            return OptimizationFixture.Values(parameters);
        }
    }

    // With a beta of 1 the correction 1 − βⁿ would be 0, and the first step a division by it.
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0.9, 1e-8, 1)]
    [InlineData(0.9, 1, 1e-8, 1)]
    [InlineData(-0.1, -0.1, -1, 3)]
    [InlineData(double.NaN, double.NaN, double.NaN, 3)]
    [InlineData(0.9, 0.9, double.PositiveInfinity, 1)]
    public void Betas_are_below_1_and_nothing_is_negative_or_infinite(double beta1, double beta2, double epsilon, int mistakes) =>
        Assert.Equal(mistakes, new AdamWOptions { Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon }.Validate().Count);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(double.PositiveInfinity, 0, false)]
    [InlineData(0, double.PositiveInfinity, false)]
    [InlineData(0, -1, false)]
    public void Rates_and_decays_of_groups_are_finite_and_at_least_0(double rate, double decay, bool isValid)
    {
        using Parameter parameter = new(ones(2));
        Exception? exception = Record.Exception(() => new AdamWOptimizer(
            [new ParameterGroup("all", [new("w", parameter)]) { LearningRate = rate, WeightDecay = decay }]).Dispose());
        Assert.Equal(isValid, exception is null);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void An_invalid_factor_of_the_rate_is_refused(double factor)
    {
        using Parameter parameter = new(ones(2));
        using AdamWOptimizer optimizer = new([new ParameterGroup("all", [new("w", parameter)])]);
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(factor));
    }
}
