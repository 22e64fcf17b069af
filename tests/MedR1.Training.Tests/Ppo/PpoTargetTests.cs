using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Compares the targets of real rollouts with the definition, token by token in float64.</summary>
public sealed class PpoTargetTests
{
    private static readonly PpoTargetOptions Targets = new()
    {
        Discount = 0.9,
        Lambda = 0.8,
        KlCoefficient = 0.3,
    };

    [Fact]
    public async Task Returns_and_advantages_follow_from_score_divergence_and_values()
    {
        using TinyPolicy policy = TestData.Policy();
        using TinyPolicy reference = TestData.Policy(seed: 2);
        RolloutList rollouts = [];
        TrainingReport report = await PpoRuns.Small(policy, options =>
        {
            options.MaxSteps = 3;
            options.TruncationPenalty = 0.25;
        })
            // The second answer of each group is cut off.
            .UseSampler(new ScriptedSampler("ab", "much too long"))
            .UseReference(reference).UseTargets(Targets).AddObserver(rollouts).RunAsync();

        for (int index = 0; index < rollouts.Count; index++)
        {
            Rollout rollout = rollouts[index];
            List<double> divergences = [];
            for (int group = 0; group < rollout.Groups.Count; group++)
            {
                for (int sample = 0; sample < rollout.Groups[group].Completions.Count; sample++)
                {
                    Completion completion = rollout.Groups[group].Completions[sample];
                    float[] theirs = Fixed(reference, rollout, group, sample);
                    float[] old = rollout.OldLogProbabilities![group][sample];
                    float[] values = rollout.Values![group][sample];
                    double score = rollout.Groups[group].Scores![sample].Total!.Value
                        - (completion.IsTruncated ? 0.25 : 0);
                    double[] expected = Advantages(score, old, theirs, values);
                    Assert.Equal(completion.TokenCount, expected.Length);
                    for (int token = 0; token < expected.Length; token++)
                    {
                        Assert.Equal(expected[token], rollout.TokenAdvantages![group][sample][token], tolerance: 1e-5);
                        Assert.Equal(
                            expected[token] + values[token], rollout.Returns![group][sample][token], tolerance: 1e-5);
                        divergences.Add(old[token] - theirs[token]);
                    }
                }
            }

            Assert.Equal(divergences.Average(), report.History[index].Values["reference_kl"], tolerance: 1e-5);
        }

        Assert.All(
            rollouts[0].Values!.SelectMany(group => group),
            values => Assert.All(values, value => Assert.Equal(0, value)));
        Assert.Contains(rollouts[2].Values![0][0], value => value != 0);
    }

    [Fact]
    public async Task The_loss_of_the_critic_is_the_mean_of_the_clipped_squares_over_all_tokens()
    {
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];
        TrainingReport report = await PpoRuns.Small(policy, options =>
        {
            options.MaxSteps = 2;
            options.Iterations = 2;
        }).UseLoss(PpoLossOptions.LanguageModel with { ValueClip = 1e-4 }).AddObserver(rollouts).RunAsync();

        // In the first pass the values are those of the rollout: nothing is clipped and the loss is ½·mean((V − R)²).
        Rollout rollout = Assert.Single(rollouts);
        double expected = rollout.Values!.SelectMany(group => group).SelectMany(values => values)
            .Zip(rollout.Returns!.SelectMany(group => group).SelectMany(values => values))
            .Average(pair => 0.5 * Math.Pow(pair.First - pair.Second, 2));
        Assert.Equal(expected, report.History[0].Values["value_loss"], tolerance: 1e-5);
        Assert.Equal(0, report.History[0].Values["value_clip_ratio"]);

        // In the second pass the head has moved by 0.01 towards the returns, a hundred times further than the clipping allows.
        Assert.True(report.History[1].Values["value_clip_ratio"] > 0.5);
    }

    // With one step per rollout and no penalty, the ratio is 1 and nothing has to be recorded.
    [Theory]
    [InlineData(1, 1, 0, false)]
    [InlineData(2, 1, 0, true)]
    [InlineData(1, 2, 0, true)]
    [InlineData(1, 1, 0.1, true)]
    public async Task Ratios_and_divergences_are_relative_to_the_policy_that_sampled(
        int stepsPerGeneration, int iterations, double klCoefficient, bool isKept)
    {
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];
        List<double> differences = [];
        await PpoRuns.Small(
            policy, options => (options.MaxSteps, options.StepsPerGeneration, options.Iterations) = (2, stepsPerGeneration, iterations))
            .UseTargets(Targets with { KlCoefficient = klCoefficient })
            .AddObserver(rollouts)
            .AddObserver(new GradientRecorder(policy)
            {
                MicroStep = pass =>
                {
                    Assert.Equal(isKept, pass.Inputs.OldLogProbabilities is not null);
                    differences.Add(pass.Inputs.OldLogProbabilities is { } old
                        ? (pass.Inputs.LogProbabilities - old).abs().max().item<float>() : 0);
                },
            })
            .RunAsync();

        Assert.Equal(isKept, rollouts[0].OldLogProbabilities is not null);

        // The second step of the same rollout uses a policy that has changed.
        Assert.Equal([true, rollouts.Count == 2], differences.Select(difference => difference < 1e-5));
    }

    // δ_t = r_t + γ·V_{t+1} − V_t and A_t = δ_t + γλ·A_{t+1}, r_t = −β·(ℓ_old − ℓ_ref), the score on the last token.
    private static double[] Advantages(double score, float[] old, float[] theirs, float[] values)
    {
        double[] advantages = new double[values.Length];
        double next = 0;
        double following = 0;
        for (int token = values.Length - 1; token >= 0; token--)
        {
            double reward = -0.3 * ((double)old[token] - theirs[token]) + (token == values.Length - 1 ? score : 0);
            following = reward + 0.9 * next - values[token] + 0.9 * 0.8 * following;
            advantages[token] = following;
            next = values[token];
        }

        return advantages;
    }

    private static float[] Fixed(TinyPolicy reference, Rollout rollout, int group, int sample)
    {
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        using Modeling.TokenStatistics statistics = reference.TokenLogProbabilities(
            [new Modeling.PackedGroup(rollout.Prompts[group], [rollout.Groups[group].Completions[sample].TokenIds])],
            new Modeling.TokenStatisticsOptions { SuppressedTokenIds = reference.SuppressedTokenIds });
        return statistics.LogProbabilities.detach().contiguous().data<float>().ToArray();
    }
}
