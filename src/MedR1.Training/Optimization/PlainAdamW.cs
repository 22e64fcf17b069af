using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// AdamW with plain operators (Loshchilov and Hutter 2019, algorithm 2), operation by operation as in PyTorch's single-tensor
/// version.
/// </summary>
internal static class PlainAdamW
{
    public static void Step(
        Tensor weight,
        Tensor gradient,
        Tensor firstMoment,
        Tensor secondMoment,
        long step,
        AdamWCoefficients coefficients)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        weight.TimesInPlace(1 - coefficients.LearningRate * coefficients.WeightDecay);
        firstMoment.PlusInPlace((gradient - firstMoment).Times(1 - coefficients.Beta1));
        secondMoment.TimesInPlace(coefficients.Beta2).PlusInPlace((gradient * gradient).Times(1 - coefficients.Beta2));
        double firstCorrection = 1 - Math.Pow(coefficients.Beta1, step);
        double secondCorrection = 1 - Math.Pow(coefficients.Beta2, step);
        Tensor root = secondMoment.sqrt().DividedBy(Math.Sqrt(secondCorrection)).Plus(coefficients.Epsilon);
        weight.sub_((firstMoment / root).Times(coefficients.LearningRate / firstCorrection));
    }
}
