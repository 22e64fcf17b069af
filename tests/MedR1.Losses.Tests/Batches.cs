using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Creates random batches in float64 with ragged rows.</summary>
internal static class Batches
{
    public static PolicyLossInputs Random(long seed, int rows = 6, int columns = 9, bool offPolicy = true)
    {
        using Generator generator = new((ulong)seed);
        Tensor Normal(double scale) => randn([rows, columns], ScalarType.Float64, generator: generator) * scale;
        Tensor logProbabilities = (Normal(0.7).abs().neg() - 0.1).detach();
        Tensor lengths = randint(1, columns + 1, [rows, 1], ScalarType.Int64, generator: generator);
        return new PolicyLossInputs
        {
            OldLogProbabilities = offPolicy ? (logProbabilities + Normal(0.3)).detach() : null,
            ReferenceLogProbabilities = (logProbabilities + Normal(0.4)).detach(),
            SamplerLogProbabilities = (logProbabilities + Normal(0.1)).detach(),
            Entropies = Normal(1).abs().detach().requires_grad_(true),
            Mask = arange(columns, ScalarType.Int64).unsqueeze(0).lt(lengths),
            Advantages = randn([rows], ScalarType.Float64, generator: generator),
            LogProbabilities = logProbabilities.requires_grad_(true),
            MaxCompletionLength = columns,
            Seed = seed,
        };
    }

    /// <summary>Returns the loss and the gradient of a new leaf with the same log-probabilities.</summary>
    public static (double Loss, double[] Gradient) Run(GrpoLossOptions options, PolicyLossInputs inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor leaf = inputs.LogProbabilities.detach().clone().requires_grad_(true);
        PolicyLossResult result = new GrpoLoss(options).Compute(inputs with { LogProbabilities = leaf });
        result.Loss.backward();
        return (result.Loss.to(ScalarType.Float64).item<double>(), Values(leaf.grad!));
    }

    /// <summary>Returns rows of a batch.</summary>
    public static PolicyLossInputs Slice(PolicyLossInputs inputs, long from, long to)
    {
        Tensor Rows(Tensor value) => value.detach().narrow(0, from, to - from);
        return inputs with
        {
            LogProbabilities = Rows(inputs.LogProbabilities),
            Mask = Rows(inputs.Mask),
            Advantages = Rows(inputs.Advantages),
            OldLogProbabilities = inputs.OldLogProbabilities is null ? null : Rows(inputs.OldLogProbabilities),
            ReferenceLogProbabilities = Rows(inputs.ReferenceLogProbabilities!),
            SamplerLogProbabilities = Rows(inputs.SamplerLogProbabilities!),
            Entropies = Rows(inputs.Entropies!),
        };
    }

    public static Tensor Matrix(double[,] values, bool gradient = false) =>
        tensor(values, ScalarType.Float64).requires_grad_(gradient);

    public static double[] Values(Tensor value) =>
        value.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> got, double tolerance)
    {
        Assert.Equal(expected.Count, got.Count);
        for (int i = 0; i < got.Count; i++)
        {
            Assert.True(Math.Abs(expected[i] - got[i]) <= tolerance, $"[{i}] expected {expected[i]:R}, got {got[i]:R}");
        }
    }
}
