using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

/// <summary>Compares the sampler's log-probabilities with those of the trainer's forward pass.</summary>
internal static class TrainerComparison
{
    public static void AssertEqual(
        IVisionLanguagePolicy policy,
        IReadOnlyList<CompletionGroup> groups,
        double temperature,
        IReadOnlyList<int> suppressed,
        float tolerance)
    {
        using IDisposable guard = no_grad();
        PackedGroup[] packed = [.. groups.Select(group => new PackedGroup(
            policy.Processor.Encode(group.Prompt), [.. group.Completions.Select(completion => completion.TokenIds)]))];
        using TokenStatistics statistics = policy.TokenLogProbabilities(packed, new TokenStatisticsOptions
        {
            Temperature = temperature,
            SuppressedTokenIds = [.. policy.SuppressedTokenIds.Concat(suppressed).Distinct()],
        });
        using Tensor selected = statistics.LogProbabilities.masked_select(statistics.Mask).cpu();
        float[] drawn =
            [.. groups.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities)];
        float[] trained = selected.data<float>().ToArray();
        Assert.Equal(trained.Length, drawn.Length);
        for (int i = 0; i < drawn.Length; i++)
        {
            Assert.Equal(trained[i], drawn[i], tolerance);
        }
    }
}
