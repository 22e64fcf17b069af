using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;
using MedR1.TestSupport;

namespace MedR1.Training.Tests;

/// <summary>Properties of every named loss.</summary>
public sealed class LossEquivalenceTests
{
    public static TheoryData<string> Names => NamedLosses.Names;

    public static TheoryData<string> NamesOfStepMeans => NamedLosses.NamesOfStepMeans;

    [Theory]
    [MemberData(nameof(NamesOfStepMeans))]
    public async Task One_pass_of_eight_equals_two_of_four_and_four_of_two(string name)
    {
        float[]?[] whole = await Gradients.FirstAsync(NamedLosses.Of(name), promptsPerMicroBatch: 8);
        float[]?[] two = await Gradients.FirstAsync(NamedLosses.Of(name), promptsPerMicroBatch: 4);
        float[]?[] four = await Gradients.FirstAsync(NamedLosses.Of(name), promptsPerMicroBatch: 2);
        float[]?[] uneven = await Gradients.FirstAsync(NamedLosses.Of(name), promptsPerMicroBatch: 3);

        Assert.InRange(GradientRecorder.Distance(whole, two), 0, 1e-5);
        Assert.InRange(GradientRecorder.Distance(whole, four), 0, 1e-5);
        Assert.InRange(GradientRecorder.Distance(whole, uneven), 0, 1e-5);
    }

    [Fact]
    public async Task A_mean_over_nonempty_completions_counts_those_of_the_whole_step()
    {
        // Answers of more than five characters are truncated and excluded: a pass of one prompt has one to three.
        GrpoLoss loss = new(GrpoLossOptions.MedR1 with
        {
            Normalization = LossNormalization.NonEmptyCompletionMean, MaskTruncatedCompletions = true,
        });
        float[]?[] whole = await Gradients.FirstAsync(loss, promptsPerMicroBatch: 8, configure: CutOff);
        float[]?[] single = await Gradients.FirstAsync(loss, promptsPerMicroBatch: 1, configure: CutOff);

        Assert.InRange(GradientRecorder.Distance(whole, single), 0, 1e-5);

        static void CutOff(GrpoTrainerOptions options) => options.MaxNewTokens = 6;
    }

    [Theory]
    [MemberData(nameof(NamesOfStepMeans))]
    public async Task Padding_and_neighbours_with_other_images_change_nothing(string name)
    {
        // One pass pads to the longest and mixes prompts with no, one and two images; passes of one prompt do neither.
        float[]?[] together = await Gradients.FirstAsync(NamedLosses.Of(name), promptsPerMicroBatch: 8);
        float[]?[] alone = await Gradients.FirstAsync(NamedLosses.Of(name), promptsPerMicroBatch: 1);

        Assert.InRange(GradientRecorder.Distance(together, alone), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(NamesOfStepMeans))]
    public async Task Equal_completions_are_one_row_with_the_gradient_of_all(string name)
    {
        RowCounter? once = null;
        RowCounter? each = null;
        Task<float[]?[]> StepAsync(Func<IVisionLanguagePolicy, IVisionLanguagePolicy> wrap) => Gradients.FirstAsync(
            NamedLosses.Of(name), promptsPerMicroBatch: 4, configure: options => options.GroupSize = 6, wrap: wrap,
            differentAnswers: 4);
        float[]?[] shared = await StepAsync(policy => once = new RowCounter(policy, dropoutSeed: null));
        float[]?[] apart = await StepAsync(policy => each = new RowCounter(policy, dropoutSeed: 1));

        // Eight prompts with six answers each, four of them distinct. A loss with reference or old log-probabilities has more passes.
        Assert.Equal(0, each!.Rows % 48);
        Assert.Equal(each.Rows * 4 / 6, once!.Rows);
        Assert.InRange(GradientRecorder.Distance(apart, shared), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Truncated_completions_alone_give_no_loss_and_no_change(string name)
    {
        using TinyPolicy policy = TestData.Policy();
        float[][] before = TestData.Weights(policy);

        TrainingReport report = await Runs.Small(
            policy,
            options =>
            {
                options.MaxSteps = 2;
                options.MaxNewTokens = 1;
            },
            NamedLosses.Of(name, excludesTruncated: true)).UseSampler(new ScriptedSampler("much too long")).RunAsync();

        Assert.Equal(0, report.SkippedSteps);
        Assert.All(report.History, metrics => Assert.Equal(0, metrics.Values["loss"]));
        Assert.All(report.History, metrics => Assert.Equal(1, metrics.Values["completions/clipped_ratio"]));
        Assert.Equal(before, TestData.Weights(policy));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_trainable_parameter_changes_and_a_frozen_one_does_not(string name)
    {
        using TinyPolicy policy = TestData.Policy();
        string frozen = policy.Parameters[1].Key;
        float[][] before = TestData.Weights(policy);

        TrainingReport report = await Runs.Small(
            policy,
            options =>
            {
                options.MaxSteps = 3;
                options.PromptsPerStep = 3;
                options.Freeze(frozen);
            },
            NamedLosses.Of(name)).RunAsync();

        float[][] after = TestData.Weights(policy);
        Assert.Equal(0, report.SkippedSteps);
        Assert.All(Enumerable.Range(0, before.Length), index => Assert.Equal(
            policy.Parameters[index].Key.StartsWith(frozen, StringComparison.Ordinal),
            before[index].SequenceEqual(after[index])));
    }
}
