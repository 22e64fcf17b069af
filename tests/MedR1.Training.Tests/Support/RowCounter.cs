using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>Counts the completions that a policy computes; with a dropout seed, it pretends to use dropout.</summary>
internal sealed class RowCounter(IVisionLanguagePolicy policy, long? dropoutSeed) : DelegatingPolicy(policy)
{
    public int Rows { get; private set; }

    public override long? DropoutSeed => dropoutSeed;

    public override TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        Rows += groups.Sum(group => group.Completions.Count);
        return base.TokenLogProbabilities(groups, options, imageFeatures);
    }
}
