using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class VespoTests
{
    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(1, 1e-5)]
    [InlineData(1, 1e-4)]
    [InlineData(-1, 0.0)]
    public void A_decay_below_that_of_the_reference_is_raised_to_it(double advantage, double decay)
    {
        // One token with log w = −1 + 6 = 5, k = 2 and λ = 1e-4: φ = exp(1e-4 + 2 · 5 − 1e-4 · e^5); without a decay e^10.
        using DisposeScope scope = NewDisposeScope();
        VespoOptions weight = new()
        {
            PositivePower = 2, PositiveDecay = decay, NegativePower = 2, NegativeDecay = decay,
        };
        GrpoLoss loss = new(GrpoLossOptions.Vespo with { VespoWeight = weight });
        PolicyLossResult result = loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = Batches.Matrix(new[,] { { -1.0 } }, gradient: true),
            OldLogProbabilities = Batches.Matrix(new[,] { { -6.0 } }),
            Mask = ones(1, 1),
            Advantages = tensor([advantage]),
        });
        double expected = Math.Exp(1e-4 + 10 - 1e-4 * Math.Exp(5));
        Assert.Equal(1, result.Metrics["vespo/phi_seq_mean"].Value / expected, 12);
    }
}
