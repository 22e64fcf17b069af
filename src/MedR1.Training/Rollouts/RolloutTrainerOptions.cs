using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>The options that GRPO and PPO share, the trainers that learn from their policy's completions.</summary>
public abstract class RolloutTrainerOptions : TrainerOptions
{
    /// <summary>Completions per prompt (G).</summary>
    public abstract int GroupSize { get; set; }

    /// <summary>Prompts per optimizer step.</summary>
    /// <value>The default is 4.</value>
    public int PromptsPerStep { get; set; } = 4;

    /// <summary>Prompts per forward and backward pass; the gradients of a step accumulate over such passes.</summary>
    /// <value>The default is <see langword="null"/>: all prompts of the step at once.</value>
    public int? PromptsPerMicroBatch { get; set; }

    /// <summary>
    /// Optimizer steps that one rollout feeds, each with different prompts; above 1, the later steps are off-policy.
    /// </summary>
    /// <value>The default is 1.</value>
    public int StepsPerGeneration { get; set; } = 1;

    /// <summary>
    /// The number of iterations over a rollout (mu in the paper); above 1, the later iterations are off-policy.
    /// </summary>
    /// <value>The default is 1.</value>
    public int Iterations { get; set; } = 1;

    /// <summary>Divides the logits, both in the sampler and in the loss.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; set; } = 1.0;

    /// <summary>The maximum number of tokens of a completion.</summary>
    /// <value>The default is 256.</value>
    public int MaxNewTokens { get; set; } = 256;

    /// <summary>Only the k likeliest tokens are sampled; not applied in the loss. <see langword="null"/> for all.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? TopK { get; set; }

    /// <summary>Only the likeliest tokens that together reach this probability are sampled; not applied in the loss.</summary>
    /// <value>The default is 1.</value>
    public double TopP { get; set; } = 1.0;

    /// <summary>Only tokens at least this fraction as likely as the likeliest are sampled; not applied in the loss.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? MinP { get; set; }

    /// <summary>
    /// Above 1, tokens that the prompt or the completion already contains are sampled less often; not applied in the loss.
    /// </summary>
    /// <value>The default is 1: no penalty.</value>
    public double RepetitionPenalty { get; set; } = 1.0;

    /// <summary>
    /// Tokens that are never sampled and are left out of the loss's softmax, in addition to the policy's own vision tokens.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; set; } = [];

    /// <summary>Strings that end a completion as soon as they appear.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> StopStrings { get; set; } = [];

    /// <summary>
    /// Whether the policy's vision tokens, which are never sampled, are also left out of the loss's softmax, to match the distribution that
    /// is sampled from.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. TRL keeps them in its softmax; <see langword="false"/> reproduces its numbers.
    /// </value>
    public bool SuppressVisionTokensInLoss { get; set; } = true;

    /// <summary>Whether entropies are measured; this costs a pass over the logits.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool MeasureEntropy { get; set; } = true;

    /// <summary>The divisor of losses that are a mean over tokens.</summary>
    /// <value>The default is the optimizer step's own tokens.</value>
    public TokenDivisor TokenDivisor { get; set; } = TokenDivisor.StepTokens;

    /// <summary>
    /// The maximum number of tokens of a prompt, including those of its images; longer prompts are skipped and counted.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: a prompt that leaves no room for an answer in the model's context stops the run.
    /// </value>
    public int? MaxPromptTokens { get; set; }

    /// <summary>
    /// Keeps the policy's entropy near a target with a bonus whose weight is adjusted at each step (Skywork-OR1, arXiv 2505.22312).
    /// </summary>
    /// <value>The default is <see langword="null"/>: the loss's own bonus, if it has one.</value>
    public AdaptiveEntropyOptions? AdaptiveEntropy { get; set; }

    /// <summary>The time limit of a single call of a reward.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan RewardTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether a failed reward stops the run, instead of being counted and excluding its completion. If no completion of the first rollout
    /// has a reward and rewards failed, the run stops in any case.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool StopOnRewardFailure { get; set; }

    /// <summary>The maximum number of concurrent calls of rewards.</summary>
    /// <value>The default is 32.</value>
    public int MaxParallelRewards { get; set; } = 32;

    /// <summary>The tokens that no completion of a policy contains: its own vision tokens and those of the options.</summary>
    internal int[] SuppressedTokensOf(IVisionLanguagePolicy policy) => [.. policy.SuppressedTokenIds.Union(SuppressedTokenIds)];

    internal override Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = base.Settings(totalSteps);
        settings.AddSet(nameof(SuppressedTokenIds), SuppressedTokenIds, Comparer<int>.Default);
        settings.AddSet(nameof(StopStrings), StopStrings, StringComparer.Ordinal);
        settings.Add(nameof(SuppressVisionTokensInLoss), SuppressVisionTokensInLoss);
        settings.AddPass(nameof(PromptsPerMicroBatch), PromptsPerMicroBatch ?? PromptsPerStep, PromptsPerStep);
        settings.Add(nameof(TokenDivisor), TokenDivisor);
        settings.Add(nameof(MaxPromptTokens), MaxPromptTokens);
        settings.AddParts(nameof(AdaptiveEntropy), AdaptiveEntropy, kind: RunSettings.On);
        return settings;
    }

    // The caller may change the options later; the lists are copied too.
    private protected RolloutTrainerOptions CopyAll()
    {
        RolloutTrainerOptions copy = (RolloutTrainerOptions)MemberwiseClone();
        copy.SuppressedTokenIds = [.. SuppressedTokenIds];
        copy.StopStrings = [.. StopStrings];
        return copy;
    }
}
