using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Samples.CustomLoop;

/// <summary>The two halves of a step. Nothing is awaited while a dispose scope is open, because the scope belongs to its thread.</summary>
internal sealed class GrpoStep(Qwen2VLPolicy policy)
{
    private const int GroupSize = 4;
    private readonly LocalSampler _sampler = new(policy);
    private readonly OptionTextReward _reward = new();
    private readonly GrpoLoss _loss = new(GrpoLossOptions.MedR1 with { KlCoefficient = 0 });

    /// <summary>Samples a group for each prompt and scores it.</summary>
    public async Task<ScoredSample[]> SampleAsync(IReadOnlyList<VqaPrompt> prompts, long seed)
    {
        SamplingOptions options = new() { SamplesPerPrompt = GroupSize, MaxNewTokens = 16, Seed = seed };
        List<ScoredSample> samples = [];
        await foreach (CompletionGroup group in _sampler.SampleAsync(prompts, options))
        {
            // Null if the reward does not apply: such a completion gets no advantage, unlike a wrong answer.
            double?[] rewards = new double?[GroupSize];
            for (int i = 0; i < GroupSize; i++)
            {
                rewards[i] = await _reward.ScoreAsync(new RewardContext(group.Prompt, group.Completions[i]));
            }

            samples.Add(new ScoredSample(policy.Processor.Encode(group.Prompt), group, rewards));
        }

        return [.. samples];
    }

    /// <summary>Computes the gradient; each group's prompt and images are computed once.</summary>
    public double Backward(IReadOnlyList<ScoredSample> samples)
    {
        using DisposeScope scope = NewDisposeScope();
        AdvantageResult advantages = GroupAdvantages.Compute(
            [.. samples.SelectMany(sample => sample.Rewards).Select(reward => new double?[] { reward })],
            weights: null,
            [.. samples.SelectMany((_, group) => Enumerable.Repeat((long)group, GroupSize))]);
        PackedGroup[] packed = [.. samples.Select(sample => new PackedGroup(
            sample.Prompt, [.. sample.Group.Completions.Select(completion => completion.TokenIds)]))];
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            packed, new TokenStatisticsOptions { SuppressedTokenIds = policy.SuppressedTokenIds });
        using PolicyLossResult result = _loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = statistics.LogProbabilities,
            Mask = statistics.Mask,
            Advantages = tensor(advantages.ToSingles(), device: policy.Device),
        });
        result.Loss.backward();
        return result.Loss.ToDouble();
    }
}
