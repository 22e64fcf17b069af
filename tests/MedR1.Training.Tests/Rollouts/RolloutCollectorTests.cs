using System.Runtime.CompilerServices;
using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>The arguments of samplers and rewards.</summary>
public sealed class RolloutCollectorTests
{
    [Fact]
    public async Task The_sampler_gets_the_options_of_the_trainer()
    {
        ScriptedSampler sampler = new("a", "b", "cc", "d");
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options =>
        {
            options.MaxSteps = 1;
            options.GroupSize = 3;
            options.Temperature = 0.7;
            (options.TopK, options.TopP, options.MinP, options.RepetitionPenalty) = (5, 0.9, 0.1, 1.2);
            options.StopStrings = ["x"];
        }).UseSampler(sampler).RunAsync();

        SamplingOptions asked = Assert.Single(sampler.Calls);
        Assert.Equal((3, 6, 0.7), (asked.SamplesPerPrompt, asked.MaxNewTokens, asked.Temperature));
        Assert.Equal((5, 0.9, 0.1, 1.2), (asked.TopK, asked.TopP, asked.MinP, asked.RepetitionPenalty));
        Assert.Equal(["x"], asked.StopStrings);
    }

    [Fact]
    public async Task Every_round_of_every_rollout_has_a_distinct_seed()
    {
        // All groups agree: each of two rollouts asks three times.
        ScriptedSampler sampler = new("the same");
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(
            policy,
            options => (options.MaxSteps, options.DynamicSampling) = (2, new DynamicSamplingOptions { MaxRounds = 3 }),
            new GrpoLoss(GrpoLossOptions.Dapo)).UseSampler(sampler).RunAsync();

        Assert.Equal(6, sampler.Calls.Count);
        Assert.Equal(6, sampler.Calls.Select(call => call.Seed).Distinct().Count());
    }

    [Fact]
    public async Task No_more_rewards_run_in_parallel_than_the_options_allow()
    {
        int now = 0;
        int most = 0;
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => (options.MaxSteps, options.MaxParallelRewards) = (1, 1))
            .AddReward("slow", _ =>
            {
                int inside = Interlocked.Increment(ref now);
                InterlockedMax(ref most, inside);
                Thread.Sleep(20);
                Interlocked.Decrement(ref now);
                return 1;
            }).RunAsync();

        Assert.Equal(1, most);
    }

    [Theory]
    [InlineData(0, true)] // unknown
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Completions_of_another_prompt_are_refused(int kind, bool isGood)
    {
        using TinyPolicy policy = TestData.Policy();
        Func<VqaPrompt, int> count = prompt => kind == 0 ? 0 : policy.Processor.Encode(prompt).TokenIds.Count + kind - 1;
        Task run = Runs.Small(policy, options => options.MaxSteps = 1)
            .UseSampler(new CountingSampler(new ScriptedSampler("a", "bb"), count)).RunAsync();
        if (isGood)
        {
            await run;
            return;
        }

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => run);
        Assert.Contains("CountingSampler sampled for a prompt of", error.Message);
        Assert.Contains("chat template", error.Message);
    }

    [Theory]
    [InlineData(0, null)] // unknown
    [InlineData(1, null)] // the policy's own
    [InlineData(2, "its token 2 of ")]
    [InlineData(3, "is none (the prompt has ended)")]
    public async Task Another_prompts_tokens_are_refused_with_the_first_that_differs(int kind, string? expected)
    {
        using TinyPolicy policy = TestData.Policy();
        Func<VqaPrompt, IReadOnlyList<int>> read = prompt => kind switch
        {
            0 => [],
            1 => policy.Processor.Encode(prompt).TokenIds,
            2 => [.. policy.Processor.Encode(prompt).TokenIds.Select((id, place) => place == 2 ? id + 1 : id)],
            _ => [.. policy.Processor.Encode(prompt).TokenIds.SkipLast(1)],
        };
        Task run = Runs.Small(policy, options => options.MaxSteps = 1)
            .UseSampler(new CountingSampler(new ScriptedSampler("a", "bb"), _ => 0, read)).RunAsync();
        if (expected is null)
        {
            await run;
            return;
        }

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => run);
        Assert.Contains("CountingSampler sampled for a prompt that is not the policy's", error.Message);
        Assert.Contains(expected, error.Message);
        Assert.Contains("chat template", error.Message);
    }

    private sealed class CountingSampler(
        ISampler inner, Func<VqaPrompt, int> count, Func<VqaPrompt, IReadOnlyList<int>>? read = null) : ISampler
    {
        public async IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts,
            SamplingOptions options,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (CompletionGroup group in inner.SampleAsync(prompts, options, cancellationToken))
            {
                yield return group with
                {
                    PromptTokenCount = count(group.Prompt),
                    PromptTokenIds = read?.Invoke(group.Prompt) ?? [],
                };
            }
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen = Volatile.Read(ref most);
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
            seen = Volatile.Read(ref most);
        }
    }
}
