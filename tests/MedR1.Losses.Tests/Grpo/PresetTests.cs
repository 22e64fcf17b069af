using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>
/// Compares each preset with the numbers and the formula of its paper, the latter reimplemented in plain doubles, row by row
/// and token by token.
/// </summary>
public sealed class PresetTests
{
    [Fact]
    public void Numbers_equal_those_of_the_papers()
    {
        // arXiv 2402.03300, section 4.2: β 0.04; clip 0.2 as in PPO. arXiv 2503.13939 adopts both.
        Assert.Equal((0.2, null, 0.04, false), Numbers(GrpoLossOptions.DeepSeekMath));
        Assert.Equal((0.2, null, 0.04, false), Numbers(GrpoLossOptions.MedR1));

        // arXiv 2503.14476, section 4.1: ε 0.2 and 0.28, no divergence, overlong filter.
        Assert.Equal((0.2, 0.28, 0.0, true), Numbers(GrpoLossOptions.Dapo));

        // arXiv 2503.20783: no divergence.
        Assert.Equal((0.2, null, 0.0, false), Numbers(GrpoLossOptions.DrGrpo));

        // arXiv 2507.18071, section 5.1: 3e-4 and 4e-4.
        Assert.Equal((3e-4, 4e-4, 0.0, false), Numbers(GrpoLossOptions.Gspo));
        Assert.Equal((3e-4, 4e-4, 0.0, false), Numbers(GrpoLossOptions.Luspo));

        // arXiv 2510.13786: the cap of the weight is 5 itself. arXiv 2511.20347: τ 1 and 1.05. arXiv 2505.07291: δ 4, β
        // 0.001.
        Assert.Equal(5.0, GrpoLossOptions.Cispo.RatioCap);
        SapoOptions gate = GrpoLossOptions.Sapo.SapoGate;
        Assert.Equal((1.0, 1.05), (gate.PositiveTemperature, gate.NegativeTemperature));
        Assert.Equal((4.0, 0.001), (GrpoLossOptions.Intellect2.RatioBound, GrpoLossOptions.Intellect2.KlCoefficient));

        // arXiv 2507.20673, section 4.1: ratios from exp(−0.4) to exp(0.4).
        Assert.Equal((0.4, null, 0.0, false), Numbers(GrpoLossOptions.Gmpo));

        // arXiv 2505.22617, section 4.4: 2e-4, 1 and 5; 2e-3 (7B) and 1. The clip is PPO's.
        Assert.Equal((0.2, null, 0.0, false), Numbers(GrpoLossOptions.ClipCov));
        ClipCovarianceOptions clip = GrpoLossOptions.ClipCov.ClipCovariance;
        Assert.Equal((2e-4, 1.0, 5.0), (clip.Fraction, clip.Minimum, clip.Maximum));
        KlCovarianceOptions penalty = GrpoLossOptions.KlCov.KlCovariance;
        Assert.Equal((2e-3, 1.0, 0.0), (penalty.Fraction, penalty.Coefficient, GrpoLossOptions.KlCov.KlCoefficient));

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
        nameof(GrpoLossOptions.Rloo), nameof(GrpoLossOptions.Intellect2), nameof(GrpoLossOptions.Gmpo),
        nameof(GrpoLossOptions.KlCov),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_loss_equals_the_formula_in_plain_numbers(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int seed = 1; seed <= 5; seed++)
        {
            PolicyLossInputs inputs = Batches.Random(seed) with { SamplerLogProbabilities = null };
            GrpoLossOptions preset = (GrpoLossOptions)typeof(GrpoLossOptions).GetProperty(name)!.GetValue(null)!;
            Assert.Equal(new PlainLoss(inputs).Of(name), Batches.Run(preset, inputs).Loss, 1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_equals_finite_differences_with_weights_held_constant(string name)
    {
        // Central differences of the plain formula, whose error is of the order of the square of the step, 1e-12.
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions preset = (GrpoLossOptions)typeof(GrpoLossOptions).GetProperty(name)!.GetValue(null)!;
        for (int seed = 1; seed <= 3; seed++)
        {
            PolicyLossInputs inputs = Batches.Random(seed, rows: 3, columns: 4) with { SamplerLogProbabilities = null };
            double[] gradient = Batches.Run(preset, inputs).Gradient;
            Assert.Contains(gradient, value => value != 0);
            const double Step = 1e-6;
            for (int i = 0; i < gradient.Length; i++)
            {
                double up = new PlainLoss(inputs, i, Step).Of(name);
                double down = new PlainLoss(inputs, i, -Step).Of(name);
                Assert.Equal((up - down) / (2 * Step), gradient[i], 1e-7);
            }
        }
    }

    private static (double Low, double? High, double Beta, bool MasksTruncatedCompletions) Numbers(GrpoLossOptions options) =>
        (options.ClipLow, options.ClipHigh, options.KlCoefficient, options.MaskTruncatedCompletions);
}
