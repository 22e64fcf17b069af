using MedR1.Losses;
using TorchSharp;

namespace MedR1.Training.Tests;

/// <summary>A loss that is wrong in one step.</summary>
internal sealed class BreakingLoss(int atCall, double factor) : IPolicyLoss
{
    private readonly GrpoLoss _loss = new(GrpoLossOptions.MedR1 with { KlCoefficient = 0 });
    private int _calls;

    public bool RequiresReference => false;

    public PolicyLossResult Compute(PolicyLossInputs inputs)
    {
        PolicyLossResult result = _loss.Compute(inputs);
        return ++_calls == atCall ? result with { Loss = result.Loss * factor } : result;
    }
}
