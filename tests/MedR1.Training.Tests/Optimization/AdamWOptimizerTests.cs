using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class AdamWOptimizerTests
{
    [Theory]
    [InlineData(ScalarType.Float32, true, 1e-6)]
    [InlineData(ScalarType.Float32, false, 1e-6)]
    [InlineData(ScalarType.Float64, true, 1e-13)]
    [InlineData(ScalarType.Float64, false, 1e-13)]
    public void It_equals_the_formula(ScalarType type, bool fused, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(type);
        using AdamWOptimizer optimizer = new(
            ParameterGroups.Create(parameters, 0.01, 0.1),
            new AdamWOptions { Beta1 = 0.8, Beta2 = 0.95, Fused = fused });

        // The formula in double precision, one number at a time.
        double[][] weights = [.. parameters.Select(pair => OptimizationFixture.Values(pair.Value))];
        double[][] first = [.. weights.Select(values => new double[values.Length])];
        double[][] second = [.. weights.Select(values => new double[values.Length])];
        for (int step = 1; step <= 4; step++)
        {
            OptimizationFixture.SetGradients(parameters, step);
            double factor = 1.0 / step;
            for (int p = 0; p < parameters.Count; p++)
            {
                double[] gradient = OptimizationFixture.Values(parameters[p].Value.grad!);
                double decay = parameters[p].Key.EndsWith("bias", StringComparison.Ordinal) ? 0 : 0.1;
                for (int i = 0; i < gradient.Length; i++)
                {
                    first[p][i] = 0.8 * first[p][i] + 0.2 * gradient[i];
                    second[p][i] = 0.95 * second[p][i] + 0.05 * gradient[i] * gradient[i];
                    double mean = first[p][i] / (1 - Math.Pow(0.8, step));
                    double root = Math.Sqrt(second[p][i] / (1 - Math.Pow(0.95, step)));
                    weights[p][i] -= 0.01 * factor * (decay * weights[p][i] + mean / (root + 1e-8));
                }
            }

            optimizer.Step(factor);
        }

        OptimizationFixture.Close(
            [.. weights.SelectMany(values => values)], OptimizationFixture.Values(parameters), tolerance);
    }

    [Fact]
    public void It_equals_TorchSharps_AdamW()
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> ours = OptimizationFixture.Parameters(ScalarType.Float32);
        List<KeyValuePair<string, Parameter>> theirs = OptimizationFixture.Parameters(ScalarType.Float32);
        using AdamWOptimizer optimizer = new(
            [new ParameterGroup("all", ours) { LearningRate = 1e-3, WeightDecay = 0.01 }]);
        optim.Optimizer reference = optim.AdamW(theirs.Select(pair => pair.Value), 1e-3, weight_decay: 0.01);
        for (int step = 0; step < 5; step++)
        {
            OptimizationFixture.SetGradients(ours, step);
            OptimizationFixture.SetGradients(theirs, step);
            optimizer.Step();
            reference.step();
        }

        OptimizationFixture.Close(OptimizationFixture.Values(theirs), OptimizationFixture.Values(ours), 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Small_updates_of_bfloat16_weights_add_up_in_the_master_copy(bool fused)
    {
        // The spacing of bfloat16 above 1 is 2^-7; 40 updates of 1e-3 are 0.04, five times that. Rounded each time,
        // no update would have an effect.
        using DisposeScope scope = NewDisposeScope();
        Parameter weight = new(ones([4, 4], ScalarType.BFloat16));
        using AdamWOptimizer optimizer = new(
            [new ParameterGroup("all", [new("w", weight)]) { LearningRate = 1e-3 }],
            new AdamWOptions { Fused = fused });
        for (int step = 0; step < 40; step++)
        {
            weight.grad = full([4, 4], -1, ScalarType.BFloat16);
            optimizer.Step();
        }

        Tensor master = optimizer.GetState()["master_weight.w"];
        Assert.Equal(ScalarType.Float32, master.dtype);
        Assert.All(OptimizationFixture.Values(master), value => Assert.Equal(1.04, value, 1e-4));
        Assert.All(OptimizationFixture.Values(weight), value => Assert.Equal(1.0390625, value));
        Assert.Equal(ScalarType.BFloat16, weight.dtype);
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_unchanged_and_has_its_own_step_count()
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.Float32);
        List<KeyValuePair<string, Parameter>> alone = OptimizationFixture.Parameters(ScalarType.Float32);
        using AdamWOptimizer optimizer = new(
            [new ParameterGroup("all", parameters) { LearningRate = 0.1, WeightDecay = 0.1 }]);
        using AdamWOptimizer other = new([new ParameterGroup("all", alone) { LearningRate = 0.1, WeightDecay = 0.1 }]);
        double[] before = OptimizationFixture.Values(parameters[2].Value);

        OptimizationFixture.SetGradients(parameters, 1);
        parameters[2].Value.grad = null;
        optimizer.Step();
        Assert.Equal(before, OptimizationFixture.Values(parameters[2].Value));
        Assert.DoesNotContain("step.head.weight", optimizer.GetState().Keys);

        OptimizationFixture.SetGradients(parameters, 2);
        OptimizationFixture.SetGradients(alone, 2);
        optimizer.Step();
        other.Step();
        Assert.Equal(1, optimizer.GetState()["step.head.weight"].item<long>());
        Assert.Equal(2, optimizer.GetState()["step.layer.weight"].item<long>());
        Assert.Equal(OptimizationFixture.Values(alone[2].Value), OptimizationFixture.Values(parameters[2].Value));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void It_continues_from_a_saved_state_bit_for_bit(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> whole = OptimizationFixture.Parameters(type);
        using AdamWOptimizer uninterrupted = new(ParameterGroups.Create(whole, 0.01, 0.1));
        for (int step = 0; step < 3; step++)
        {
            OptimizationFixture.SetGradients(whole, step);
            uninterrupted.Step();
        }

        List<KeyValuePair<string, Parameter>> continued = [.. whole.Select(pair =>
            new KeyValuePair<string, Parameter>(pair.Key, new Parameter(pair.Value.detach().clone())))];
        using AdamWOptimizer resumed = new(ParameterGroups.Create(continued, 0.01, 0.1));
        resumed.LoadState(uninterrupted.GetState().ToDictionary(pair => pair.Key, pair => pair.Value.clone()));
        for (int step = 3; step < 6; step++)
        {
            OptimizationFixture.SetGradients(whole, step);
            OptimizationFixture.SetGradients(continued, step);
            uninterrupted.Step();
            resumed.Step();
        }

        Assert.Equal(OptimizationFixture.Values(whole), OptimizationFixture.Values(continued));
        foreach ((string name, Tensor value) in uninterrupted.GetState())
        {
            Assert.Equal(OptimizationFixture.Values(value), OptimizationFixture.Values(resumed.GetState()[name]));
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_state_from_before_the_first_step_removes_the_moments(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(type);
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(parameters, 0.01));
        OptimizationFixture.SetGradients(parameters, 0);
        optimizer.Step();
        Assert.NotEmpty(optimizer.GetState());
        optimizer.LoadState(new Dictionary<string, Tensor>());
        Assert.Empty(optimizer.GetState());
    }

    [Fact]
    public void A_state_that_does_not_fit_changes_nothing_and_every_mismatch_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.Float32);
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(parameters, 0.01));
        OptimizationFixture.SetGradients(parameters, 0);
        optimizer.Step();
        Dictionary<string, Tensor> state = new(optimizer.GetState())
        {
            ["first_moment.layer.bias"] = zeros(4),
            ["first_moment.other"] = zeros(4),
            ["step.head.weight"] = tensor(1.0f),
        };
        state.Remove("second_moment.layer.weight");
        OptimizerStateException exception = Assert.Throws<OptimizerStateException>(() => optimizer.LoadState(state));
        Assert.Equal(4, exception.Errors.Count);
        Assert.Contains("'second_moment.layer.weight' is missing", exception.Message);
        Assert.Contains("'first_moment.layer.bias' has shape [4], expected [5]", exception.Message);
        Assert.Equal(1, optimizer.GetState()["step.layer.weight"].item<long>());
    }

    [Fact]
    public void Dropped_gradients_are_null()
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.Float32);
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(parameters, 0.01));
        OptimizationFixture.SetGradients(parameters, 0);
        optimizer.ZeroGradients();
        Assert.All(parameters, pair => Assert.Null(pair.Value.grad));
        optimizer.Step();
        Assert.Empty(optimizer.GetState());
    }

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.Float32);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new AdamWOptimizer(
            [
                new ParameterGroup("a", parameters) { LearningRate = -1 },
                new ParameterGroup("b", [parameters[0]]) { WeightDecay = double.NaN },
            ],
            new AdamWOptions { Beta1 = 1 }));
        Assert.Contains("Beta1 is 1", exception.Message);
        Assert.Contains("The learning rate of group 'a' is -1", exception.Message);
        Assert.Contains("The weight decay of group 'b' is NaN", exception.Message);
        Assert.Contains("'layer.weight' occurs 2 times", exception.Message);
        Assert.Throws<ArgumentException>(() => new AdamWOptimizer([]));
    }

    [Fact]
    public void It_leaves_no_tensor_behind()
    {
        List<KeyValuePair<string, Parameter>> parameters = OptimizationFixture.Parameters(ScalarType.BFloat16);
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(parameters, 0.01, 0.1));
        using (DisposeScope first = NewDisposeScope())
        {
            OptimizationFixture.SetGradients(parameters, 0);
            optimizer.Step();
        }

        long alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int step = 0; step < 5; step++)
        {
            optimizer.Step();
            GradientClipping.ClipNorm(parameters.Select(pair => pair.Value), 0.1);
        }

        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
