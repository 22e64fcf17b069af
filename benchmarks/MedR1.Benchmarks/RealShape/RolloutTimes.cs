using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Benchmarks.RealShape;

/// <summary>The times of a call of the sampler. The clock of a step is read when the host has its tokens.</summary>
/// <param name="First">Seconds until every completion has its first token: images, tower and prompts.</param>
/// <param name="Steps">Seconds of each step after that.</param>
/// <param name="Total">Seconds of the whole call.</param>
/// <param name="Tokens">The number of sampled tokens.</param>
internal sealed record RolloutTimes(double First, IReadOnlyList<double> Steps, double Total, long Tokens)
{
    /// <summary>The number of initial steps that are not steady.</summary>
    private const int WarmUp = 4;

    /// <summary>The mean of all steps.</summary>
    public double Mean => Steps.DefaultIfEmpty().Average();

    /// <summary>The mean without the first steps, if there are enough.</summary>
    public double Steady => Steps.Count > 2 * WarmUp ? Steps.Skip(WarmUp).Average() : Mean;

    /// <summary>The median of all steps.</summary>
    public double Median => MedianOf(Steps);

    /// <summary>Returns the median of numbers, the upper one of two; 0 without any.</summary>
    public static double MedianOf(IReadOnlyList<double> numbers) =>
        numbers.Order().ElementAtOrDefault(numbers.Count / 2);

    /// <summary>Samples and measures.</summary>
    /// <param name="policy">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="pack">See <see cref="LocalSamplerOptions.PackWeights"/>.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    public static async Task<RolloutTimes> MeasureAsync(
        IVisionLanguagePolicy policy, IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, bool? pack,
        CancellationToken cancellationToken)
    {
        List<SamplingProgress> reports = [];
        LocalSampler sampler = new(policy, new LocalSamplerOptions
        {
            PackWeights = pack, Progress = new Recorder(reports), ProgressInterval = TimeSpan.Zero,
        });
        await foreach (CompletionGroup _ in sampler.SampleAsync(prompts, options, cancellationToken))
        {
        }

        // The last report repeats that of the last step.
        double[] ends = [.. reports.DistinctBy(report => report.TokenCount).Select(report => report.Elapsed.TotalSeconds)];
        return new RolloutTimes(
            ends[0], [.. ends.Zip(ends.Skip(1), (before, after) => after - before)], reports[^1].Elapsed.TotalSeconds,
            reports[^1].TokenCount);
    }

    private sealed class Recorder(List<SamplingProgress> reports) : IProgress<SamplingProgress>
    {
        public void Report(SamplingProgress value) => reports.Add(value);
    }
}
