using MedR1.Models.Qwen2VL;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>
/// On a small Qwen2-VL with prompts about images of different sizes and text-only prompts, loss and gradient of a step
/// do not depend on how it is computed.
/// </summary>
public sealed class EquivalenceTests : IDisposable
{
    private const int PromptCount = 8;

    // The largest difference relative to the largest gradient: float32 sums in a different order.
    private const double Tolerance = 2e-5;
    private readonly Qwen2VLPolicy _policy = SmallQwen.Load();

    public static TheoryData<string> NamesOfStepMeans => NamedLosses.NamesOfStepMeans;

    public static TheoryData<string> Names => NamedLosses.Names;

    [Theory]
    [MemberData(nameof(NamesOfStepMeans))]
    public async Task One_pass_of_eight_equals_two_of_four_and_four_of_two_and_eight_of_one(string loss)
    {
        (double Loss, float[]?[] Gradients) whole = await FirstAsync(loss, PromptCount);
        foreach (int perMicroStep in new[] { 4, 2, 1 })
        {
            AssertSame(whole, await FirstAsync(loss, perMicroStep));
        }
    }

    [Theory]
    [MemberData(nameof(NamesOfStepMeans))]
    public async Task A_group_sharing_its_prompt_equals_completions_with_separate_prompts(string loss) =>
        AssertSame(await FirstAsync(loss, PromptCount), await FirstAsync(loss, PromptCount, planner: new RowPlanner()));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Layers_that_are_computed_again_give_the_same(string loss)
    {
        (double Loss, float[]?[] Gradients) kept = await FirstAsync(loss, 4);
        _policy.Checkpointing.IsEnabled = true;
        AssertSame(kept, await FirstAsync(loss, 4));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Truncated_completions_alone_give_no_loss_and_a_gradient_of_zero(string loss)
    {
        (double value, float[]?[] gradients) = await FirstAsync(loss, 4, maxNewTokens: 1, excludesTruncated: true);

        Assert.Equal(0, value);
        Assert.All(gradients, gradient => Assert.All(gradient ?? [], element => Assert.Equal(0, element)));
    }

    public void Dispose() => _policy.Dispose();

    private static void AssertSame((double Loss, float[]?[] Gradients) left, (double Loss, float[]?[] Gradients) right)
    {
        Assert.Equal(left.Loss, right.Loss, 1e-6);
        Assert.InRange(GradientRecorder.Distance(left.Gradients, right.Gradients), 0, Tolerance);
    }

    /// <summary>Loss and gradient of the first step of three answers to each prompt.</summary>
    private async Task<(double Loss, float[]?[] Gradients)> FirstAsync(
        string loss, int promptsPerMicroBatch, IUpdatePlanner? planner = null, int maxNewTokens = 24,
        bool excludesTruncated = false)
    {
        GradientRecorder recorder = new(_policy);
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(_policy)
            .UsePrompts(SmallQwen.Prompts(PromptCount))
            .UseOrder(new SequentialOrder())
            .UseSampler(new ScriptedSampler(
                (prompt, sample) => Gradients.Answers[(prompt.Example!.Id[^1] + sample * 3) % Gradients.Answers.Length]))
            .UseLoss(NamedLosses.Of(loss, excludesTruncated))
            .AddReward("varied", context => context.Completion.TokenCount % 5)
            .AddObserver(recorder)
            .Configure(options =>
            {
                options.GroupSize = 3;
                options.PromptsPerStep = PromptCount;
                options.PromptsPerMicroBatch = promptsPerMicroBatch;
                options.MaxSteps = 1;
                options.MaxNewTokens = maxNewTokens;

                // The weights don't change, so that one policy serves all ways of computing.
                options.LearningRate = 1e-30;
            });
        TrainingReport report = await (planner is null ? builder : builder.UseUpdatePlanner(planner)).RunAsync();
        Assert.Equal(0, report.SkippedSteps);
        return (report.LastMetrics["loss"], Assert.Single(recorder.Steps));
    }

    /// <summary>Plans a separate pass for each completion.</summary>
    private sealed class RowPlanner : IUpdatePlanner
    {
        public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options) =>
        [
            new PlannedStep([.. Enumerable.Range(0, rollout.Groups.Count).SelectMany(group => Enumerable
                .Range(0, rollout.Groups[group].Completions.Count)
                .Select(sample => (IReadOnlyList<CompletionIndex>)[new CompletionIndex(group, sample)]))]),
        ];
    }
}
