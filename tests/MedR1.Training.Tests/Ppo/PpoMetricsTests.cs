using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class PpoMetricsTests
{
    [Fact]
    public async Task The_critic_reports_its_own_rate_and_the_means_of_its_values_and_returns()
    {
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];
        TrainingReport report = await PpoRuns.Small(policy, options =>
        {
            options.MaxSteps = 4;
            options.LearningRate = 0.01;
            options.CriticLearningRate = 0.02;
        }).AddObserver(rollouts).RunAsync();

        // The rate falls on a straight line, by a quarter per step. The values of a step are those of its rollout: nothing was updated in between.
        Assert.Equal(
            [0.02, 0.015, 0.01, 0.005], report.History.Select(step => Math.Round(step.Values["critic/learning_rate"], 12)));
        Assert.Equal([0.01, 0.0075, 0.005, 0.0025], report.History.Select(step => Math.Round(step.Values["learning_rate"], 12)));
        foreach ((Rollout rollout, StepMetrics step) in rollouts.Zip(report.History))
        {
            Assert.Equal(MeanOf(rollout.Values!), step.Values["values"], 1e-5);
            Assert.Equal(MeanOf(rollout.Returns!), step.Values["returns"], 1e-5);
        }

        Assert.NotEqual(0, report.History[3].Values["values"]);

        // Nothing in PPO compares the completions of a group.
        Assert.All(report.History, step => Assert.DoesNotContain("frac_reward_zero_std", step.Values.Keys));
    }

    [Fact]
    public async Task A_pass_in_which_no_completion_has_a_score_is_left_out()
    {
        IReadOnlyDictionary<string, double> alone = await RunAsync([TestData.Prompt(1)]);
        IReadOnlyDictionary<string, double> beside = await RunAsync([TestData.Prompt(0), TestData.Prompt(1)]);
        Assert.All(["value_loss", "returns", "critic/grad_norm"], name => Assert.Equal(alone[name], beside[name], 1e-5));

        // No reward applies to the answers to the first prompt, which are a pass of their own.
        static async Task<IReadOnlyDictionary<string, double>> RunAsync(IReadOnlyList<VqaPrompt> prompts)
        {
            using TinyPolicy policy = TestData.Policy();
            return (await new PpoTrainerBuilder(policy)
                .UsePrompts(prompts)
                .UseOrder(new SequentialOrder())
                .UseSampler(new ScriptedSampler("a", "bbb"))
                .AddReward("length", context => context.Example.Id == "example 0" ? null : context.Completion.TokenCount)
                .Configure(options =>
                {
                    (options.GroupSize, options.PromptsPerStep, options.PromptsPerMicroBatch) = (2, prompts.Count, 1);
                    (options.MaxSteps, options.MaxNewTokens) = (1, 6);
                })
                .RunAsync()).LastMetrics;
        }
    }

    private static double MeanOf(IReadOnlyList<IReadOnlyList<float[]>> numbers) =>
        numbers.SelectMany(group => group).SelectMany(tokens => tokens).Average(number => (double)number);
}
