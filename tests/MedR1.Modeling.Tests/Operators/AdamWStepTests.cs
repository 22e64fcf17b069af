using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class AdamWStepTests
{
    private static readonly AdamWCoefficients Coefficients = new()
    {
        LearningRate = 0.01,
        Beta1 = 0.8,
        Beta2 = 0.95,
        Epsilon = 1e-6,
        WeightDecay = 0.1,
    };

    [Theory]
    [InlineData(null)]
    [InlineData(2.5)]
    public void It_equals_the_algorithm_over_several_steps(double? gradientScale)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(17, CPU);
        long[][] shapes = [[3, 5], [7], []];
        Tensor[] parameters = [.. shapes.Select(shape => randn(shape, float64, generator: generator).requires_grad_())];
        Tensor[] first = [.. parameters.Select(parameter => zeros_like(parameter))];
        Tensor[] second = [.. parameters.Select(parameter => zeros_like(parameter))];
        double[][] expected = [.. parameters.Select(Values)];
        double[][] m = [.. expected.Select(values => new double[values.Length])];
        double[][] v = [.. expected.Select(values => new double[values.Length])];

        for (int step = 1; step <= 3; step++)
        {
            Tensor[] gradients = [.. shapes.Select(shape => randn(shape, float64, generator: generator))];
            double[][] g = [.. gradients.Select(Values)];
            Tensor? scale = gradientScale is { } factor ? tensor((float)factor) : null;

            FusedOperators.AdamWStep(parameters, gradients, first, second, step, Coefficients, scale);

            for (int k = 0; k < shapes.Length; k++)
            {
                for (int i = 0; i < expected[k].Length; i++)
                {
                    double gradient = g[k][i] / (gradientScale ?? 1);
                    m[k][i] = (0.8 * m[k][i]) + (0.2 * gradient);
                    v[k][i] = (0.95 * v[k][i]) + (0.05 * gradient * gradient);
                    double mean = m[k][i] / (1 - Math.Pow(0.8, step));
                    double square = v[k][i] / (1 - Math.Pow(0.95, step));
                    expected[k][i] -= 0.01 * 0.1 * expected[k][i];
                    expected[k][i] -= 0.01 * mean / (Math.Sqrt(square) + 1e-6);
                    Assert.Equal(expected[k][i], Values(parameters[k])[i], 1e-12);
                }
            }
        }

        Assert.All(parameters, parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
    }

    [Fact]
    public void It_refuses_lists_of_different_lengths()
    {
        using Tensor one = zeros(1);

        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => FusedOperators.AdamWStep([one], [one, one], [one], [one], 1, Coefficients));
        Assert.Contains("1 parameters, 2 gradients", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_refuses_a_step_before_the_first()
    {
        using Tensor one = zeros(1);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => FusedOperators.AdamWStep([one], [one], [one], [one], 0, Coefficients));
    }

    private static double[] Values(Tensor tensor) => tensor.detach().data<double>().ToArray();
}
