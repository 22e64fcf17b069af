using System.Runtime.CompilerServices;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Completions without gradient are excluded from passes, and the update is the same.</summary>
public sealed class SkippedCompletionTests
{
    private static readonly GrpoLossOptions s_wholeDapo = GrpoLossOptions.Dapo with { MaskTruncatedCompletions = false };

    [Fact]
    public async Task Skipping_completions_without_gradient_changes_no_gradient()
    {
        // Prompts whose answers all get the same reward have advantages of 0.
        static double? Reward(RewardContext context) =>
            context.Example.Id[^1] is '1' or '4' ? 1 : context.Completion.TokenCount;
        float[]?[] all = await Gradients.FirstAsync(new GrpoLoss(s_wholeDapo), 4, Reward);
        float[]?[] some = await Gradients.FirstAsync(
            new GrpoLoss(s_wholeDapo), 4, Reward, options => options.SkipCompletionsWithoutGradient = true);
        float[]?[] bnpo = await Gradients.FirstAsync(new GrpoLoss(GrpoLossOptions.Bnpo), 4, Reward);
        float[]?[] someBnpo = await Gradients.FirstAsync(
            new GrpoLoss(GrpoLossOptions.Bnpo), 4, Reward, options => options.SkipCompletionsWithoutGradient = true);

        Assert.InRange(GradientRecorder.Distance(all, some), 0, 1e-5);
        Assert.InRange(GradientRecorder.Distance(bnpo, someBnpo), 0, 1e-5);
    }

    [Fact]
    public async Task A_step_without_advantages_gives_a_zero_gradient_instead_of_none()
    {
        float[]?[] gradients = await Gradients.FirstAsync(
            new GrpoLoss(s_wholeDapo), 4, _ => 1, options => options.SkipCompletionsWithoutGradient = true);

        Assert.All(gradients, gradient => Assert.All(gradient!, value => Assert.Equal(0, value)));
    }

    [Fact]
    public async Task A_tower_whose_images_are_all_excluded_still_decays_and_keeps_its_momentum()
    {
        float[][] whole = await WeightsAsync(skips: false), skipping = await WeightsAsync(skips: true);
        Assert.All(whole.Zip(skipping), pair => Assert.All(
            pair.First.Zip(pair.Second), weight => Assert.Equal(weight.First, weight.Second, 1e-5)));
    }

    [Fact]
    public async Task A_step_whose_completions_are_all_truncated_still_decays_and_keeps_its_momentum()
    {
        // TRL's masked tokens go through the model: their gradient is 0, like that of answers with equal rewards.
        float[][] cut = await CutOffAsync(excludes: true), same = await CutOffAsync(excludes: false);
        Assert.All(cut.Zip(same), pair => Assert.All(
            pair.First.Zip(pair.Second), weight => Assert.Equal(weight.First, weight.Second, 1e-5)));
    }

    [Fact]
    public async Task A_step_without_gradient_still_computes_a_row_with_an_image()
    {
        // The shortest of all completions belongs to the text-only prompt; without an image the tower would have no gradient.
        using TinyPolicy policy = TestData.Policy();
        PassRecorder recorder = new(policy);
        await new GrpoTrainerBuilder(recorder)
            .UsePrompts([TestData.Prompt(0, images: 0), TestData.Prompt(1, images: 1)])
            .UseLoss(new GrpoLoss(GrpoLossOptions.Bnpo))
            .UseSampler(new ScriptedSampler((prompt, _) => prompt.Example!.Id == "example 0" ? "a" : "bbb"))
            .AddReward("same", _ => 1)
            .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (2, 1, 6))
            .Configure(options => options.SkipCompletionsWithoutGradient = true)
            .RunAsync();

        PackedGroup group = Assert.Single(Assert.Single(recorder.Passes).Groups);
        Assert.Single(group.Prompt.Images);
        Assert.Single(group.Completions);
    }

    [Fact]
    public async Task A_step_without_gradient_does_not_compute_an_empty_completion_instead()
    {
        // A server may return an answer without any token, which is the shortest, but has nothing to compute a gradient of 0 from.
        using TinyPolicy policy = TestData.Policy();
        PassRecorder recorder = new(policy);
        await new GrpoTrainerBuilder(recorder)
            .UsePrompts([TestData.Prompt(1, images: 1)])
            .UseLoss(new GrpoLoss(GrpoLossOptions.Bnpo))
            .UseSampler(new SometimesEmpty())
            .AddReward("same", _ => 1)
            .Configure(options => (options.PromptsPerStep, options.GroupSize, options.MaxSteps, options.MaxNewTokens) = (1, 3, 1, 6))
            .Configure(options => options.SkipCompletionsWithoutGradient = true)
            .RunAsync();

        PackedGroup group = Assert.Single(Assert.Single(recorder.Passes).Groups);
        Assert.NotEmpty(Assert.Single(group.Completions));
    }

    [Fact]
    public async Task Excluded_completions_do_not_count_towards_the_distance_from_the_sampler()
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoLoss loss = new(GrpoLossOptions.Bnpo with { SamplerCorrection = new SamplerCorrectionOptions() });
        TrainingReport report = await Builder(policy, skips: true, loss).RunAsync();

        // The sampler is the policy itself.
        Assert.All(report.History, metrics =>
        {
            Assert.Equal(1, metrics.Values["sampling/importance_sampling_ratio/min"], 1e-4);
            Assert.Equal(0, metrics.Values["sampling/sampling_logp_difference/max"], 1e-4);
        });
    }

    // Step 1 learns from answers that end; in step 2 none does.
    private static async Task<float[][]> CutOffAsync(bool excludes)
    {
        using TinyPolicy policy = TestData.Policy();
        await new GrpoTrainerBuilder(policy)
            .UsePrompts([TestData.Prompt(0, images: 1), TestData.Prompt(1, images: 1)])
            .UseOrder(new SequentialOrder())
            .UseLoss(new GrpoLoss(GrpoLossOptions.Bnpo with { MaskTruncatedCompletions = excludes }))
            .UseSampler(new ScriptedSampler((prompt, sample) => prompt.Example!.Id == "example 0" ? new('a', 1 + sample) : "too long"))
            .AddReward("length", context => context.Completion.TokenCount)
            .Configure(options =>
            {
                (options.PromptsPerStep, options.GroupSize, options.MaxSteps, options.MaxNewTokens) = (1, 4, 2, 6);
                (options.LearningRate, options.WeightDecay) = (0.01, 0.1);
            })
            .RunAsync();
        return TestData.Weights(policy);
    }

    private static async Task<float[][]> WeightsAsync(bool skips)
    {
        using TinyPolicy policy = TestData.Policy();
        await Builder(policy, skips, new GrpoLoss(GrpoLossOptions.Bnpo)).RunAsync();
        return TestData.Weights(policy);
    }

    // Step 1 learns from images, so that the tower has momentum; from then on only text prompts have different rewards.
    private static GrpoTrainerBuilder Builder(TinyPolicy policy, bool skips, GrpoLoss loss)
    {
        int calls = 0;
        return new GrpoTrainerBuilder(policy)
            .UsePrompts([TestData.Prompt(0, images: 1), TestData.Prompt(1, images: 0)])
            .UseOrder(new SequentialOrder())
            .UseLoss(loss)
            .AddReward("share", context => Interlocked.Increment(ref calls) > 8 && context.Prompt.Example!.Id == "example 0"
                ? 1 : context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 3;
                options.MaxNewTokens = 6;
                options.LearningRate = 0.01;
                options.WeightDecay = 0.1;
                options.SkipCompletionsWithoutGradient = skips;
            });
    }

    private sealed class SometimesEmpty : ISampler
    {
        private readonly ScriptedSampler _sampler = new("a", "bb", "ccc");

        public async IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (CompletionGroup group in _sampler.SampleAsync(prompts, options, cancellationToken))
            {
                yield return group with
                {
                    Completions =
                    [
                        group.Completions[0] with { Text = "", TokenIds = [], LogProbabilities = [], ProcessedLogProbabilities = [] },
                        .. group.Completions.Skip(1),
                    ],
                };
            }
        }
    }
}
