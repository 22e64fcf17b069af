using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>Records the groups and options of a policy's passes.</summary>
internal sealed class PassRecorder(IVisionLanguagePolicy policy) : DelegatingPolicy(policy)
{
    public List<(IReadOnlyList<PackedGroup> Groups, TokenStatisticsOptions Options)> Passes { get; } = [];

    public Action? OnPass { get; init; }

    public override TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        Passes.Add((groups, options));
        OnPass?.Invoke();
        return base.TokenLogProbabilities(groups, options, imageFeatures);
    }
}
