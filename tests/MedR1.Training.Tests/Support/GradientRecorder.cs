using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>Records the clipped gradients of every step, and the metrics.</summary>
internal sealed class GradientRecorder(IVisionLanguagePolicy policy) : IRolloutObserver, ISftObserver
{
    public List<float[]?[]> Steps { get; } = [];

    public List<StepMetrics> Metrics { get; } = [];

    public List<PolicyMicroStep> MicroSteps { get; } = [];

    public Action<PolicyMicroStep>? MicroStep { get; init; }

    public void OnGradients(long step) => Steps.Add([.. policy.Parameters.Select(pair =>
    {
        using Tensor? gradient = pair.Value.grad;
        return gradient?.cpu().contiguous().data<float>().ToArray();
    })]);

    public void OnMicroStep(PolicyMicroStep microStep)
    {
        MicroSteps.Add(microStep);
        MicroStep?.Invoke(microStep);
    }

    public void OnMicroStep(long step, int microStep, Tensor logProbabilities)
    {
    }

    public void OnStep(StepMetrics metrics) => Metrics.Add(metrics);

    /// <summary>The largest difference, relative to the largest gradient.</summary>
    public static double Distance(float[]?[] left, float[]?[] right)
    {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < left.Length; i++)
        {
            Assert.Equal(left[i] is null, right[i] is null);
            for (int k = 0; k < (left[i]?.Length ?? 0); k++)
            {
                largest = Math.Max(largest, Math.Abs(left[i]![k]));
                difference = Math.Max(difference, Math.Abs(left[i]![k] - right[i]![k]));
            }
        }

        return difference / largest;
    }
}
