using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// AdamW by plain operators (Loshchilov and Hutter 2019, algorithm 2), operation by operation as PyTorch's
/// single-tensor form.
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
        weight.mul_(1 - coefficients.LearningRate * coefficients.WeightDecay);
        firstMoment.add_((gradient - firstMoment) * (1 - coefficients.Beta1));
        secondMoment.mul_(coefficients.Beta2).add_(gradient.square() * (1 - coefficients.Beta2));
        double firstCorrection = 1 - Math.Pow(coefficients.Beta1, step);
        double secondCorrection = 1 - Math.Pow(coefficients.Beta2, step);
        Tensor root = secondMoment.sqrt() / Math.Sqrt(secondCorrection) + coefficients.Epsilon;
        weight.sub_(firstMoment / root * (coefficients.LearningRate / firstCorrection));
    }
}
