using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>Small parameters and gradients from a seed.</summary>
internal static class OptimizationFixture
{
    public static List<KeyValuePair<string, Parameter>> Parameters(ScalarType type, long seed = 1)
    {
        using Generator generator = new((ulong)seed);
        return [
            new("layer.weight", new Parameter(randn([5, 7], ScalarType.Float32, generator: generator).to(type))),
            new("layer.bias", new Parameter(randn([5], ScalarType.Float32, generator: generator).to(type))),
            new("head.weight", new Parameter(randn([3, 5], ScalarType.Float32, generator: generator).to(type))),
        ];
    }

    /// <summary>Gives each parameter a gradient drawn from the step's own seed.</summary>
    public static void SetGradients(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, int step)
    {
        using Generator generator = new((ulong)(1000 + step));
        foreach ((_, Parameter parameter) in parameters)
        {
            parameter.grad = randn(parameter.shape, ScalarType.Float32, generator: generator).to(parameter.dtype);
        }
    }

    public static double[] Values(Tensor value) =>
        value.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    public static double[] Values(IEnumerable<KeyValuePair<string, Parameter>> parameters) =>
        [.. parameters.SelectMany(pair => Values(pair.Value))];

    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> got, double relative)
    {
        Assert.Equal(expected.Count, got.Count);
        for (int i = 0; i < got.Count; i++)
        {
            double allowed = relative * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - got[i]) <= allowed, $"[{i}] expected {expected[i]:R}, got {got[i]:R}");
        }
    }
}
