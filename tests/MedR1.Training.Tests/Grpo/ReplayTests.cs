using MedR1.Losses;
using MedR1.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class ReplayTests
{
    [Fact]
    public async Task Groups_that_agree_are_replaced_by_earlier_ones_that_did_not()
    {
        // Prompts 0 and 1 come first and disagree, 2 to 5 agree; both later rollouts get 0 and 1 from the buffer.
        RolloutList rollouts = [];
        List<(long Step, double[] Ratios)> ratios = [];
        TrainingReport report = await RunAsync(new ReplayOptions { Capacity = 8, MaxAge = 2 }, rollouts, ratios);

        Assert.Equal([null, null], rollouts[0].ReplayedFrom);
        Assert.All(rollouts.Skip(1), rollout =>
        {
            Assert.Equal([0, 0], rollout.ReplayedFrom);
            Assert.Equal(["example 0", "example 1"], RolloutList.Examples(rollout).Order());
            Assert.All(rollout.Advantages.SelectMany(group => group), advantage => Assert.NotEqual(0, advantage));
        });
        Assert.Equal([0.0, 1.0, 1.0], report.History.Select(metrics => metrics.Values["replay/fraction"]));
        Assert.Equal([1.0, 2.0], report.History.Skip(1).Select(metrics => metrics.Values["replay/mean_age"]));

        // The ratios of a replayed group are relative to the policy that sampled it, which has changed since.
        Assert.All(ratios[0].Ratios, ratio => Assert.Equal(1, ratio, 1e-5));
        Assert.Contains(ratios[1].Ratios, ratio => Math.Abs(ratio - 1) > 1e-3);
    }

    [Fact]
    public async Task Groups_that_are_too_old_are_discarded()
    {
        RolloutList rollouts = [];
        await RunAsync(new ReplayOptions { MaxAge = 1 }, rollouts, []);

        Assert.Equal([0, 0], rollouts[1].ReplayedFrom);
        Assert.Equal([null, null], rollouts[2].ReplayedFrom);
    }

    [Fact]
    public void A_replayed_group_is_at_most_MaxAge_rollouts_old()
    {
        // A buffer restored from a checkpoint with a larger MaxAge holds older ones.
        ReplayBuffer buffer = new(new ReplayOptions { MaxAge = 2 }, null);
        buffer.Add(new RolloutGroup(null!, null!) { ReplayedFrom = 3 });
        Assert.Single(buffer.Draw(1, index: 5, seed: 1));
        Assert.Empty(buffer.Draw(1, index: 6, seed: 1));
    }

    [Fact]
    public async Task The_age_is_the_mean_of_those_of_the_replayed_groups()
    {
        // Prompts 0 and 2 disagree. The second rollout, of 2 and 3, replays 0; the third, of 4 and 5, replays 0 and 2.
        TrainingReport report = await RunAsync(new ReplayOptions(), [], [], disagreeing: "02");

        Assert.Equal([0.0, 0.5, 1.0], report.History.Select(metrics => metrics.Values["replay/fraction"]));
        Assert.Equal([1.0, (2 + 1) / 2.0], report.History.Skip(1).Select(metrics => metrics.Values["replay/mean_age"]));
    }

    [Fact]
    public async Task The_buffer_holds_at_most_its_capacity()
    {
        RolloutList rollouts = [];
        await RunAsync(new ReplayOptions { Capacity = 1 }, rollouts, []);

        Assert.Single(rollouts[1].ReplayedFrom, index => index == 0);
        Assert.Contains("example 1", RolloutList.Examples(rollouts[1]));
    }

    private static async Task<TrainingReport> RunAsync(
        ReplayOptions replay, RolloutList rollouts, List<(long Step, double[] Ratios)> ratios, string disagreeing = "01")
    {
        using TinyPolicy policy = TestData.Policy();
        return await Runs.Small(
            policy,
            options =>
            {
                options.MaxSteps = 3;
                options.Replay = replay;
            },
            new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }), prompts: 6)
            .UseOrder(new SequentialOrder())
            .UseSampler(new ScriptedSampler((prompt, sample) =>
                disagreeing.Contains(prompt.Example!.Id[^1]) ? new string((char)('a' + sample), 1 + sample) : "the same"))
            .AddReward("length", context => context.Completion.TokenCount)
            .AddObserver(rollouts)
            .AddObserver(new GradientRecorder(policy) { MicroStep = pass => ratios.Add((pass.Step, RatiosOf(pass))) })
            .RunAsync();
    }

    private static double[] RatiosOf(PolicyMicroStep pass)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ratio = (pass.Inputs.LogProbabilities - pass.Inputs.OldLogProbabilities!).exp().detach()
            .masked_select(pass.Inputs.Mask.to(ScalarType.Bool)).to(ScalarType.Float64).cpu();
        return ratio.data<double>().ToArray();
    }
}
