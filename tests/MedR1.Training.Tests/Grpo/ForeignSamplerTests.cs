using MedR1.Losses;
using MedR1.Testing;
using TorchSharp;

namespace MedR1.Training.Tests;

/// <summary>Completions drawn by a sampler other than the policy's own, or by a policy of an earlier step.</summary>
public sealed class ForeignSamplerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task The_loss_gets_the_log_probabilities_of_the_sampler()
    {
        Inputs inputs = new();
        using TinyPolicy policy = TestData.Policy();
        GrpoLoss loss = new(GrpoLossOptions.MedR1 with { SamplerCorrection = new SamplerCorrectionOptions() });
        TrainingReport report = await Runs.Small(policy, _ => { }, loss).AddObserver(inputs).RunAsync();

        // The sampler is the policy itself: ratios are 1 up to rounding.
        Assert.All(report.History, metrics =>
            Assert.Equal(1, metrics.Values["sampling/importance_sampling_ratio/mean"], 1e-4));
        Assert.All(inputs, micro => Assert.Equal(micro.Drawn, micro.Given));
        Assert.Contains(inputs[0].Drawn, value => value < -1);
    }

    [Fact]
    public async Task Completions_without_log_probabilities_count_as_drawn_by_the_policy()
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoLoss loss = new(GrpoLossOptions.MedR1 with { SamplerCorrection = new SamplerCorrectionOptions() });
        TrainingReport report = await Runs.Small(policy, options => options.MaxSteps = 1, loss)
            .UseSampler(new Unscored()).RunAsync();
        Assert.Equal(0, report.SkippedSteps);
        Assert.False(double.IsNaN(report.LastMetrics["loss"]));
    }

    [Fact]
    public async Task Every_sampler_gets_the_suppressed_tokens_of_the_policy()
    {
        ScriptedSampler sampler = new("a", "b", "cc", "d");
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => options.SuppressedTokenIds = [7]).UseSampler(sampler).RunAsync();
        Assert.All(sampler.Calls, call => Assert.Equal([.. policy.SuppressedTokenIds, 7], call.SuppressedTokenIds));
    }

    [Fact]
    public async Task Ppo_gives_the_loss_the_log_probabilities_of_the_sampler_too()
    {
        using TinyPolicy policy = TestData.Policy();
        await PpoRuns.Small(policy, options => (options.PromptsPerStep, options.MaxSteps) = (4, 1))
            .AddObserver(new RolloutRecorder(_folder)).RunAsync();
        Inputs inputs = new();
        using TinyPolicy again = TestData.Policy();
        await PpoRuns.Small(again, options => options.MaxSteps = 2).UseRecordedRollouts(_folder).AddObserver(inputs).RunAsync();

        Assert.Equal(2, inputs.Count);
        Assert.All(inputs, micro => Assert.True(micro.HasOld));
    }

    [Fact]
    public async Task Recorded_rollouts_that_feed_several_steps_are_off_policy_after_the_first()
    {
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options =>
        {
            options.PromptsPerStep = 4;
            options.MaxSteps = 2;
        }).AddObserver(new RolloutRecorder(_folder)).RunAsync();
        Inputs inputs = new();
        using TinyPolicy again = TestData.Policy();
        await Runs.Small(again, options => options.MaxSteps = 4).UseRecordedRollouts(_folder).AddObserver(inputs).RunAsync();

        Assert.Equal(4, inputs.Count);
        Assert.All(inputs, micro => Assert.True(micro.HasOld));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99_999)]
    public async Task A_token_that_the_policy_does_not_have_ends_the_run_by_name(int token)
    {
        using TinyPolicy policy = TestData.Policy();
        string vocabulary = $"the tokens 0 to {policy.VocabularySize - 1}";

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Runs.Small(policy, _ => { })
            .UseSampler(new Unscored { Changed = one => one with { TokenIds = [.. one.TokenIds, token] } }).RunAsync());

        Assert.StartsWith($"The sampler Unscored drew token {token} for Prompt ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(vocabulary, exception.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record MicroStep(float[] Drawn, float[] Given, bool HasOld);

    private sealed class Inputs : List<MicroStep>, IRolloutObserver
    {
        public void OnMicroStep(PolicyMicroStep step) => Add(new MicroStep(
            [.. step.Rows.SelectMany(row => step.Rollout.CompletionAt(row).ProcessedLogProbabilities)],
            step.Inputs.SamplerLogProbabilities is { } given
                ? [.. given.data<float>().ToArray().Where((_, place) => IsToken(step, place))] : [],
            step.Inputs.OldLogProbabilities is not null));

        private static bool IsToken(PolicyMicroStep step, int place)
        {
            int width = (int)step.Inputs.LogProbabilities.shape[1];
            return place % width < step.Rollout.CompletionAt(step.Rows[place / width]).TokenCount;
        }
    }

    private sealed class Unscored : ISampler
    {
        private readonly ScriptedSampler _sampler = new("a", "b", "cc", "d");

        public Func<Completion, Completion> Changed { get; init; } =
            one => one with { LogProbabilities = [], ProcessedLogProbabilities = [] };

        public async IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (CompletionGroup group in _sampler.SampleAsync(prompts, options, cancellationToken))
            {
                yield return group with
                {
                    Completions = [.. group.Completions.Select(Changed)],
                };
            }
        }
    }
}
