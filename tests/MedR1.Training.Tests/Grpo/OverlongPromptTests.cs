using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class OverlongPromptTests
{
    [Fact]
    public async Task Prompts_beyond_the_limit_are_skipped_counting_their_image_tokens()
    {
        // Prompt i has 1 + i % 5 letters, i % 3 images of one token each, and three markers: 4, 6, 8, 7, 9 and 6 tokens.
        // Prompt 2 is too long only because of its images.
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];

        TrainingReport report = await Runs.Small(
            policy,
            options =>
            {
                options.MaxPromptTokens = 7;
                options.PromptsPerStep = 4;
                options.MaxSteps = 2;
            },
            prompts: 6).UseOrder(new SequentialOrder()).AddObserver(rollouts).RunAsync();

        string[] fitting = ["example 0", "example 1", "example 3", "example 5"];
        Assert.All(rollouts, rollout => Assert.Equal(fitting, RolloutList.Examples(rollout)));
        Assert.All(report.History, metrics => Assert.Equal(2, metrics.Values["prompts/overlong"]));
        Assert.Equal([1.0, 2.0], report.History.Select(metrics => metrics.Values["epoch"]));
    }

    [Fact]
    public async Task A_limit_that_all_prompts_exceed_fails_with_the_fix()
    {
        using TinyPolicy policy = TestData.Policy();

        InvalidPromptException exception = await Assert.ThrowsAsync<InvalidPromptException>(
            () => Runs.Small(policy, options => options.MaxPromptTokens = 2).RunAsync());

        Assert.Contains("5 consecutive prompts have more than 2 tokens", exception.Message);
        Assert.Contains("Raise MaxPromptTokens", exception.Message);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task A_prompt_must_leave_room_for_a_token_in_the_context(int room, bool isValid)
    {
        VqaPrompt prompt = TestData.Prompt(1, images: 0);
        int tokens = new TinyProcessor().Encode(prompt).TokenIds.Count;
        using TinyPolicy policy = new(new TinyPolicyOptions { ContextLength = tokens + room });

        Exception? exception = await Record.ExceptionAsync(() => new GrpoTrainerBuilder(policy)
            .UsePrompts([prompt])
            .UseSampler(new ScriptedSampler("a"))
            .AddReward("same", _ => 1)
            .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (1, 1, 1))
            .RunAsync());

        Assert.Equal(isValid ? null : typeof(InvalidPromptException), exception?.GetType());
    }

    [Fact]
    public async Task A_prompt_that_leaves_no_room_for_an_answer_is_named()
    {
        using TinyPolicy policy = new(new TinyPolicyOptions { ContextLength = 32 });
        VqaPrompt prompt = VqaPrompt.Ask(new string('x', 40)) with
        {
            Example = new VqaExample { Id = "case 7", Question = "?", Answer = "" },
        };
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy).UsePrompts([prompt]).AddReward("one", _ => 1)
            .Configure(options => options.MaxNewTokens = 4).Build();

        InvalidPromptException exception = await Assert.ThrowsAsync<InvalidPromptException>(() => trainer.RunAsync());

        Assert.Contains("'case 7'", exception.Message);
        Assert.Contains("32", exception.Message);
    }
}
