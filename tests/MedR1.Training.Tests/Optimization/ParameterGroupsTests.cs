using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class ParameterGroupsTests
{
    [Fact]
    public void Biases_and_gains_are_not_decayed()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Create(
            [.. OptimizationFixture.Parameters(ScalarType.Float32), new("norm.weight", new Parameter(ones(5)))],
            0.01,
            0.1);
        Assert.Equal(["layer.weight", "head.weight"], groups[0].Parameters.Select(pair => pair.Key));
        Assert.Equal(["layer.bias", "norm.weight"], groups[1].Parameters.Select(pair => pair.Key));
        Assert.Equal([0.1, 0], groups.Select(group => group.WeightDecay));
    }

    [Fact]
    public void Parts_can_have_their_own_learning_rate()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Create(
            OptimizationFixture.Parameters(ScalarType.Float32), 0.01, 0,
            name => name.StartsWith("head.", StringComparison.Ordinal) ? 0.001 : null);
        ParameterGroup head = Assert.Single(groups, group => group.Parameters.Any(pair => pair.Key == "head.weight"));
        Assert.Equal(0.001, head.LearningRate);
        Assert.Equal(2, groups.Count(group => group.LearningRate == 0.01));
    }
}
