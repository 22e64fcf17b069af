using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>What the trainers have in common that learn from what their policy says: GRPO and PPO.</summary>
public abstract class RolloutTrainerOptions : TrainerOptions
{
    /// <summary>Completions for each prompt (G).</summary>
    public abstract int GroupSize { get; set; }

    /// <summary>Prompts behind one optimizer step.</summary>
    /// <value>The default is 4.</value>
    public int PromptsPerStep { get; set; } = 4;

    /// <summary>
    /// Prompts that one forward and backward pass takes; the gradients of a step add up over such passes.
    /// </summary>
    /// <value>The default is <see langword="null"/>: all of the step's at once.</value>
    public int? PromptsPerMicroStep { get; set; }

    /// <summary>
    /// Optimizer steps that one sampling feeds, each with other prompts of it; above 1 the later ones are off policy.
    /// </summary>
    /// <value>The default is 1.</value>
    public int StepsPerGeneration { get; set; } = 1;

    /// <summary>
    /// How many times a sampling is gone through (mu in the paper); above 1 the later passes are off policy.
    /// </summary>
    /// <value>The default is 1.</value>
    public int Iterations { get; set; } = 1;

    /// <summary>Divides the logits, in the sampler and in the loss alike.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; set; } = 1.0;

    /// <summary>The most tokens that a completion may have.</summary>
    /// <value>The default is 256.</value>
    public int MaxNewTokens { get; set; } = 256;

    /// <summary>
    /// Only the k likeliest tokens are sampled; the loss doesn't know of it. <see langword="null"/> for all.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? TopK { get; set; }

    /// <summary>
    /// Only the likeliest tokens that together reach this probability are sampled; the loss doesn't know of it.
    /// </summary>
    /// <value>The default is 1.</value>
    public double TopP { get; set; } = 1.0;

    /// <summary>
    /// Only tokens at least this share as likely as the likeliest are sampled; the loss doesn't know of it.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? MinP { get; set; }

    /// <summary>
    /// Tokens never sampled and left out of the loss's softmax, beside the policy's own vision tokens.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; set; } = [];

    /// <summary>Texts that end a completion when they appear.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> StopStrings { get; set; } = [];

    /// <summary>
    /// Whether the policy's vision tokens stay out of sampling and softmax, as they must for real sampling.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. TRL leaves them in its softmax: <see langword="false"/> reproduces its
    /// numbers.
    /// </value>
    public bool SuppressVisionTokensInLoss { get; set; } = true;

    /// <summary>Whether entropies are measured; they cost a pass over the logits.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool MeasureEntropy { get; set; } = true;

    /// <summary>What the token-mean losses divide by.</summary>
    /// <value>The default is the optimizer step's own tokens.</value>
    public TokenDivisor TokenDivisor { get; set; } = TokenDivisor.StepTokens;

    /// <summary>
    /// The most tokens that a prompt may have, those of its pictures included; longer prompts are left out and counted.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: a prompt without room for an answer in the model's context stops the run.
    /// </value>
    public int? MaxPromptTokens { get; set; }

    /// <summary>
    /// Keeps the policy's entropy near a target by a bonus whose weight moves each step (Skywork-OR1, arXiv 2505.22312).
    /// </summary>
    /// <value>The default is <see langword="null"/>: the loss's own bonus, if it has one.</value>
    public AdaptiveEntropyOptions? AdaptiveEntropy { get; set; }

    /// <summary>How long one call of a reward may take.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan RewardTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether a reward that fails stops the run, instead of leaving its completion out and being counted. Rewards that fail on
    /// every completion of the first sampling stop it in any case.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool StopOnRewardFailure { get; set; }

    /// <summary>How many calls of rewards may run at the same time.</summary>
    /// <value>The default is 32.</value>
    public int MaxParallelRewards { get; set; } = 32;

    /// <summary>The tokens that no completion of a policy has: its own vision tokens and those of the options.</summary>
    internal int[] SuppressedTokensOf(IVisionLanguagePolicy policy) => [.. policy.SuppressedTokenIds.Union(SuppressedTokenIds)];

    internal override Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = base.Settings(totalSteps);
        settings.AddSet(nameof(SuppressedTokenIds), SuppressedTokenIds, Comparer<int>.Default);
        settings.AddSet(nameof(StopStrings), StopStrings, StringComparer.Ordinal);
        settings.Add(nameof(SuppressVisionTokensInLoss), SuppressVisionTokensInLoss);
        settings.AddPass(nameof(PromptsPerMicroStep), PromptsPerMicroStep ?? PromptsPerStep, PromptsPerStep);
        settings.Add(nameof(TokenDivisor), TokenDivisor);
        settings.Add(nameof(MaxPromptTokens), MaxPromptTokens);
        settings.AddParts(nameof(AdaptiveEntropy), AdaptiveEntropy, kind: RunSettings.On);
        return settings;
    }

    // The caller may go on to change what was given; the lists are copied too.
    private protected RolloutTrainerOptions CopyAll()
    {
        RolloutTrainerOptions copy = (RolloutTrainerOptions)MemberwiseClone();
        copy.SuppressedTokenIds = [.. SuppressedTokenIds];
        copy.StopStrings = [.. StopStrings];
        return copy;
    }
}
