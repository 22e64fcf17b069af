using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>What a step measures and passes on besides its gradient.</summary>
public sealed class PolicyUpdateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e-3)]
    public async Task Gradients_are_clipped_to_the_maximum_norm_and_0_only_measures_them(double maximum)
    {
        using TinyPolicy policy = TestData.Policy();
        GradientRecorder recorder = new(policy);
        TrainingReport report = await Runs.Small(policy, options => (options.MaxSteps, options.MaxGradientNorm) = (2, maximum))
            .AddObserver(recorder).RunAsync();

        Assert.All(recorder.Steps.Zip(report.History), step =>
        {
            double before = step.Second.Values["grad_norm"];
            double after = Math.Sqrt(step.First.Sum(gradient => gradient?.Sum(value => (double)value * value) ?? 0));
            Assert.True(before > 1e-2);
            Assert.Equal(maximum == 0 ? before : maximum, after, 1e-4 * after);
        });
    }

    [Fact]
    public async Task The_loss_of_a_step_is_the_sum_of_those_of_its_passes()
    {
        using TinyPolicy policy = TestData.Policy();
        GradientRecorder recorder = new(policy);
        TrainingReport report = await Runs.Small(
            policy, options => (options.MaxSteps, options.PromptsPerMicroBatch) = (1, 1),
            new GrpoLoss(GrpoLossOptions.Dapo with { MaskTruncatedCompletions = false }))
            .UseSampler(new ScriptedSampler("a", "bbb", "cccc", "ddddd"))
            .AddReward("length", context => context.Completion.TokenCount)
            .AddObserver(recorder).RunAsync();

        // Two prompts with answers of n = 2, 4, 5 and 6 tokens, whose rewards deviate by d from their mean of 4.25: Σd² = 8.75. The first
        // ratio is 1, so that the loss is −Σ n·A / Σn over all tokens, with A = d / (√(Σd²/3) + 1e-4) and Σ n·d = Σd².
        double expected = -8.75 / ((Math.Sqrt(8.75 / 3) + 1e-4) * 17);
        Assert.Equal(expected, report.LastMetrics["loss"], 1e-5);
        Assert.Equal([expected / 2, expected / 2], recorder.MicroSteps.Select(pass => pass.Loss), (left, right) => Math.Abs(left - right) < 1e-5);
    }

    [Fact]
    public async Task The_bonus_of_a_loss_that_names_no_tokens_is_for_the_mean_entropy_of_all_tokens_of_the_step()
    {
        double mean = (await RunAsync(9)).Entropy;

        // The coefficient of 0.1 rises by 0.02 if the mean is at most the target, and otherwise falls.
        Assert.Equal(0.12, (await RunAsync(mean + 1e-4)).Coefficient, 1e-9);
        Assert.Equal(0.08, (await RunAsync(mean - 1e-4)).Coefficient, 1e-9);

        // Two passes, in which one answer has two tokens and the others four to six.
        static async Task<(double Entropy, double Coefficient)> RunAsync(double target)
        {
            using TinyPolicy policy = TestData.Policy();
            TrainingReport report = await Runs.Small(
                policy,
                options =>
                {
                    (options.MaxSteps, options.PromptsPerMicroBatch, options.MeasureEntropy) = (1, 1, true);
                    options.AdaptiveEntropy = new AdaptiveEntropyOptions { InitialCoefficient = 0.1, Target = target, Step = 0.02 };
                },
                new Unnamed()).UseSampler(new ScriptedSampler("a", "bbb", "cccc", "ddddd")).RunAsync();
            return (report.LastMetrics["entropy"], report.LastMetrics["entropy_coef"]);
        }
    }

    [Fact]
    public async Task The_entropy_is_that_of_the_completions_that_are_computed()
    {
        // Of two prompts, the answers to the first all get the same reward and are left out, as if there were only the second.
        double alone = await EntropyAsync([TestData.Prompt(1, images: 1)], skips: false);
        double skipping = await EntropyAsync([TestData.Prompt(0, images: 1), TestData.Prompt(1, images: 1)], skips: true);
        double all = await EntropyAsync([TestData.Prompt(0, images: 1), TestData.Prompt(1, images: 1)], skips: false);
        Assert.Equal(alone, skipping, 1e-5);
        Assert.True(Math.Abs(all - alone) > 1e-3, $"{all} against {alone}");

        static async Task<double> EntropyAsync(IReadOnlyList<VqaPrompt> prompts, bool skips)
        {
            using TinyPolicy policy = TestData.Policy();
            TrainingReport report = await new GrpoTrainerBuilder(policy)
                .UsePrompts(prompts)
                .UseOrder(new SequentialOrder())
                .UseLoss(new GrpoLoss(GrpoLossOptions.Bnpo))
                .UseSampler(new ScriptedSampler("a", "bbb", "cccc", "ddddd"))
                .AddReward("length", context => context.Example.Id == "example 0" ? 1 : context.Completion.TokenCount)
                .Configure(options =>
                {
                    (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (prompts.Count, 1, 6);
                    (options.GroupSize, options.MeasureEntropy, options.SkipCompletionsWithoutGradient) = (4, true, skips);
                })
                .RunAsync();
            return report.LastMetrics["entropy"];
        }
    }

    // Two prompts with four answers each, all with the same reward. A divergence or a bonus has a gradient all the same; without them only
    // one answer is computed, for a gradient of 0.
    [Theory]
    [InlineData("nothing", 1)]
    [InlineData("divergence", 8)]
    [InlineData("bonus", 8)]
    [InlineData("adaptive bonus", 8)]
    public async Task Completions_without_an_advantage_are_computed_if_the_loss_needs_more_than_that(string more, int computed)
    {
        GrpoLossOptions loss = GrpoLossOptions.Bnpo with
        {
            KlCoefficient = more == "divergence" ? 0.1 : 0,
            EntropyCoefficient = more == "bonus" ? 0.1 : 0,
        };
        using TinyPolicy policy = TestData.Policy();
        PassRecorder recorder = new(policy);
        await new GrpoTrainerBuilder(recorder)
            .UsePrompts(TestData.Prompts(2))
            .UseLoss(new GrpoLoss(loss))
            .UseSampler(new ScriptedSampler("a", "bb", "ccc", "dddd"))
            .AddReward("same", _ => 1)
            .Configure(options =>
            {
                (options.PromptsPerStep, options.GroupSize, options.MaxSteps, options.MaxNewTokens) = (2, 4, 1, 6);
                options.SkipCompletionsWithoutGradient = true;
                options.AdaptiveEntropy = more == "adaptive bonus" ? new AdaptiveEntropyOptions() : null;
            })
            .RunAsync();

        Assert.Equal(computed, Assert.Single(recorder.Passes).Groups.Sum(group => group.Completions.Count));
    }

    // No vision token is ever drawn, but in TRL's loss they take part in the softmax all the same.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_loss_leaves_out_the_tokens_that_are_not_drawn_and_vision_tokens_only_if_the_options_say_so(bool suppresses)
    {
        using TinyPolicy policy = TestData.Policy();
        PassRecorder recorder = new(policy);
        await Runs.Small(
            recorder,
            options =>
            {
                (options.MaxSteps, options.SuppressedTokenIds, options.SuppressVisionTokensInLoss) = (1, [7], suppresses);
            },
            new GrpoLoss(GrpoLossOptions.Bnpo)).RunAsync();

        int[] vision = [.. policy.SuppressedTokenIds];
        Assert.NotEmpty(vision);
        Assert.Equal(suppresses ? [.. vision, 7] : [7], Assert.Single(recorder.Passes).Options.SuppressedTokenIds!);
    }

    // The first pass alone, of one prompt, is not the step's entropy.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_step_whose_loss_is_not_finite_does_not_move_the_bonus(int failing)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(
            policy,
            options =>
            {
                (options.MaxSteps, options.PromptsPerMicroBatch) = (1, 1);
                options.AdaptiveEntropy = new AdaptiveEntropyOptions { InitialCoefficient = 0.1, Target = 9, Step = 0.02 };
            },
            new NotFinite(failing)).RunAsync();

        Assert.Equal(0.1, report.LastMetrics["entropy_coef"], 1e-9);
    }

    private sealed class NotFinite(int failing) : IPolicyLoss
    {
        private readonly GrpoLoss _loss = new(GrpoLossOptions.Bnpo);
        private int _pass;

        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs)
        {
            PolicyLossResult result = _loss.Compute(inputs);
            return ++_pass == failing ? result with { Loss = result.Loss.Times(double.NaN) } : result;
        }
    }

    private sealed class Unnamed : IPolicyLoss
    {
        private readonly GrpoLoss _loss = new(GrpoLossOptions.Bnpo);

        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs) => _loss.Compute(inputs) with { BonusEntropy = null };
    }
}
