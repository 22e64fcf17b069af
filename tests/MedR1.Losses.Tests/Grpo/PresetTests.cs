using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>
/// Each preset against its paper's numbers and formula, the formula written once more in plain doubles, row by row and
/// token by token.
/// </summary>
public sealed class PresetTests
{
    [Fact]
    public void Numbers_are_those_of_the_papers()
    {
        // arXiv 2402.03300, section 4.2: β 0.04; clip 0.2 as in PPO. arXiv 2503.13939 takes both over.
        Assert.Equal((0.2, null, 0.04, false), Numbers(GrpoLossOptions.DeepSeekMath));
        Assert.Equal((0.2, null, 0.04, false), Numbers(GrpoLossOptions.MedR1));

        // arXiv 2503.14476, section 4.1: ε 0.2 and 0.28, no divergence, overlong filter.
        Assert.Equal((0.2, 0.28, 0.0, true), Numbers(GrpoLossOptions.Dapo));

        // arXiv 2503.20783: no divergence.
        Assert.Equal((0.2, null, 0.0, false), Numbers(GrpoLossOptions.DrGrpo));

        // arXiv 2507.18071, section 5.1: 3e-4 and 4e-4.
        Assert.Equal((3e-4, 4e-4, 0.0, false), Numbers(GrpoLossOptions.Gspo));
        Assert.Equal((3e-4, 4e-4, 0.0, false), Numbers(GrpoLossOptions.Luspo));

        // arXiv 2510.13786: the weight's cap is 5 itself. arXiv 2511.20347: τ 1 and 1.05. arXiv 2505.07291: δ 4, β
        // 0.001.
        Assert.Equal(5.0, GrpoLossOptions.Cispo.RatioCap);
        SapoOptions gate = GrpoLossOptions.Sapo.SapoGate;
        Assert.Equal((1.0, 1.05), (gate.PositiveTemperature, gate.NegativeTemperature));
        Assert.Equal((4.0, 0.001), (GrpoLossOptions.Intellect2.RatioBound, GrpoLossOptions.Intellect2.KlCoefficient));

        // TRL 1.16: k 2 and 3, λ 3 and 2.
        VespoOptions vespo = GrpoLossOptions.Vespo.VespoWeight;
        Assert.Equal(
            (2.0, 3.0, 3.0, 2.0),
            (vespo.PositivePower, vespo.PositiveDecay, vespo.NegativePower, vespo.NegativeDecay));
    }

    public static TheoryData<string> Names() =>
    [
        nameof(GrpoLossOptions.MedR1), nameof(GrpoLossOptions.DeepSeekMath), nameof(GrpoLossOptions.Dapo),
        nameof(GrpoLossOptions.DrGrpo), nameof(GrpoLossOptions.Bnpo), nameof(GrpoLossOptions.Gspo),
        nameof(GrpoLossOptions.GspoToken), nameof(GrpoLossOptions.Cispo), nameof(GrpoLossOptions.CispoTwoSided),
        nameof(GrpoLossOptions.Sapo), nameof(GrpoLossOptions.Luspo), nameof(GrpoLossOptions.Vespo),
        nameof(GrpoLossOptions.Rloo), nameof(GrpoLossOptions.Intellect2),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_loss_is_the_formula_in_plain_numbers(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int seed = 1; seed <= 5; seed++)
        {
            PolicyLossInputs inputs = Batches.Random(seed) with { SamplerLogProbabilities = null };
            GrpoLossOptions preset = (GrpoLossOptions)typeof(GrpoLossOptions).GetProperty(name)!.GetValue(null)!;
            Assert.Equal(new PlainLoss(inputs).Of(name), Batches.Run(preset, inputs).Loss, 1e-11);
        }
    }

    private static (double Low, double? High, double Beta, bool ExcludesTruncated) Numbers(GrpoLossOptions options) =>
        (options.ClipLow, options.ClipHigh, options.KlCoefficient, options.ExcludeTruncated);

    /// <summary>The formulas of docs/algorithms/losses.md over arrays.</summary>
    private sealed class PlainLoss(PolicyLossInputs inputs)
    {
        private readonly long _columns = inputs.LogProbabilities.shape[1];
        private readonly double[] _now = Batches.Values(inputs.LogProbabilities);
        private readonly double[] _old = Batches.Values(inputs.OldLogProbabilities!);
        private readonly double[] _reference = Batches.Values(inputs.ReferenceLogProbabilities!);
        private readonly double[] _mask = Batches.Values(inputs.Mask);
        private readonly double[] _advantages = Batches.Values(inputs.Advantages);

        private int Rows => _advantages.Length;

        private double Tokens => _mask.Sum();

        public double Of(string name) => name switch
        {
            "MedR1" or "DeepSeekMath" => RowMeans((i, t) => Clipped(Ratio(t), i, 0.2, 0.2) + 0.04 * K3(t)),
            "Dapo" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.28)) / Tokens,
            "DrGrpo" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.2)) / (Rows * _columns),
            "Bnpo" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.2)) / Tokens,
            "Gspo" or "GspoToken" => RowMeans((i, _) => Clipped(Geometric(i), i, 3e-4, 4e-4)),
            "Luspo" => Sum((i, _) => Clipped(Geometric(i), i, 3e-4, 4e-4)) / Rows,
            "Cispo" => Sum((i, t) => -Math.Min(Ratio(t), 5) * _advantages[i] * _now[t]) / Tokens,
            "CispoTwoSided" => Sum((i, t) => -Math.Clamp(Ratio(t), 0.8, 1.28) * _advantages[i] * _now[t]) / Tokens,
            "Sapo" => RowMeans((i, t) => Gate(Ratio(t), _advantages[i])),
            "Vespo" => Sum((i, t) => -Weight(i) * _advantages[i] * _now[t]) / Tokens,
            "Rloo" => Enumerable.Range(0, Rows).Sum(i => Clipped(Math.Exp(LogRatio(i)), i, 0.2, 0.2)) / Rows,
            "Intellect2" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.2, 4) + 0.001 * K3(t)) / Tokens,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

        private static double Gate(double ratio, double advantage)
        {
            double temperature = advantage > 0 ? 1 : 1.05;
            return -4 / temperature / (1 + Math.Exp(-temperature * (ratio - 1))) * advantage;
        }

        private double Clipped(double ratio, int row, double low, double high, double bound = double.PositiveInfinity)
        {
            double advantage = _advantages[row];
            return -Math.Min(Math.Min(ratio, bound) * advantage, Math.Clamp(ratio, 1 - low, 1 + high) * advantage);
        }

        private double Weight(int row)
        {
            double log = LogRatio(row);
            (double power, double decay) = _advantages[row] >= 0 ? (2, 3) : (3, 2);
            return Math.Exp(decay + power * log - decay * Math.Exp(log));
        }

        private double Ratio(int token) => Math.Exp(_now[token] - _old[token]);

        private double K3(int token)
        {
            double difference = _reference[token] - _now[token];
            return Math.Exp(difference) - difference - 1;
        }

        private double Geometric(int row) => Math.Exp(LogRatio(row) / Active(row).Count());

        private double LogRatio(int row) => Active(row).Sum(token => _now[token] - _old[token]);

        private IEnumerable<int> Active(int row) =>
            Enumerable.Range((int)(row * _columns), (int)_columns).Where(token => _mask[token] != 0);

        private double Sum(Func<int, int, double> term) =>
            Enumerable.Range(0, Rows).Sum(row => Active(row).Sum(token => term(row, token)));

        private double RowMeans(Func<int, int, double> term) =>
            Enumerable.Range(0, Rows).Sum(row => Active(row).Average(token => term(row, token))) / Rows;
    }
}
