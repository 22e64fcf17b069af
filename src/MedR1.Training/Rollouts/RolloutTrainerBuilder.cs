using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Training;

/// <summary>
/// What the builders of sampling trainers (GRPO, PPO) have in common, beyond those of all trainers: data, rewards, sampler, reference.
/// </summary>
/// <typeparam name="TBuilder">The builder itself, so that calls can be chained.</typeparam>
/// <typeparam name="TOptions">The trainer's options.</typeparam>
public abstract partial class RolloutTrainerBuilder<TBuilder, TOptions> : TrainerBuilder<TBuilder, TOptions>
    where TBuilder : RolloutTrainerBuilder<TBuilder, TOptions>
    where TOptions : RolloutTrainerOptions, new()
{
    private readonly List<WeightedReward> _rewards = [];
    private IVqaDataset? _dataset;
    private IPromptTemplate? _template;
    private IReadOnlyList<VqaPrompt>? _prompts;
    private ISampler? _sampler;
    private IUpdatePlanner? _planner;
    private IVisionLanguagePolicy? _reference;
    private string? _recorded;

    private protected RolloutTrainerBuilder(IVisionLanguagePolicy policy, string trainer)
        : base(policy, trainer)
    {
    }

    private protected IReadOnlyList<WeightedReward> Rewards => _rewards;

    private protected IVisionLanguagePolicy? Reference => _reference;

    private protected bool UsesRecordedRollouts => _recorded is not null;

    /// <summary>Sets the examples that prompts are made from; also requires <see cref="UsePrompt"/>.</summary>
    /// <param name="dataset">The examples.</param>
    public TBuilder UseDataset(IVqaDataset dataset) => Fill(ref _dataset, dataset, nameof(UseDataset));

    /// <summary>Sets the template that makes a prompt from an example.</summary>
    /// <param name="template">The template.</param>
    public TBuilder UsePrompt(IPromptTemplate template) => Fill(ref _template, template, nameof(UsePrompt));

    /// <summary>Sets ready-made prompts, in place of <see cref="UseDataset"/> and <see cref="UsePrompt"/>.</summary>
    /// <param name="prompts">The prompts; rewards that read the example need <see cref="VqaPrompt.Example"/>.</param>
    public TBuilder UsePrompts(IReadOnlyList<VqaPrompt> prompts) =>
        Fill(ref _prompts, prompts, nameof(UsePrompts));

    /// <summary>Sets the sampler of completions; the default is a <see cref="LocalSampler"/> over the policy.</summary>
    /// <param name="sampler">The sampler; the caller keeps ownership.</param>
    public TBuilder UseSampler(ISampler sampler) => Fill(ref _sampler, sampler, nameof(UseSampler));

    /// <summary>Sets how completions are distributed over steps and passes; by default groups stay whole.</summary>
    /// <param name="planner">The planner.</param>
    public TBuilder UseUpdatePlanner(IUpdatePlanner planner) =>
        Fill(ref _planner, planner, nameof(UseUpdatePlanner));

    /// <summary>Sets the reference policy; the default is a frozen copy of the policy, if the loss needs one.</summary>
    /// <param name="reference">The reference; the caller keeps ownership.</param>
    public TBuilder UseReference(IVisionLanguagePolicy reference) =>
        Fill(ref _reference, reference, nameof(UseReference));

    /// <summary>
    /// Trains from rollouts that a <see cref="RolloutRecorder"/> captured, without sampling or scoring. Data and rewards must be those of
    /// the recorded run: prompts are read from the data again, and rewards supply their names and weights.
    /// </summary>
    /// <param name="folder">The folder of the recorder.</param>
    public TBuilder UseRecordedRollouts(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return Fill(ref _recorded, folder, nameof(UseRecordedRollouts));
    }

    /// <summary>Adds a reward that scores completions one by one.</summary>
    /// <param name="reward">The reward; the caller keeps ownership.</param>
    /// <param name="weight">The reward's weight in the total.</param>
    public TBuilder AddReward(IReward reward, double weight = 1.0) =>
        Add(_rewards, new WeightedReward(reward, weight), nameof(reward));

    /// <summary>Adds a reward that scores the completions of a prompt together.</summary>
    /// <param name="reward">The reward; the caller keeps ownership.</param>
    /// <param name="weight">The reward's weight in the total.</param>
    public TBuilder AddReward(IGroupReward reward, double weight = 1.0) =>
        Add(_rewards, new WeightedReward(reward, weight), nameof(reward));

    /// <summary>Adds a reward as a lambda.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion; <see langword="null"/> if the reward does not apply. Called from several threads at once.
    /// </param>
    /// <param name="weight">The reward's weight in the total.</param>
    public TBuilder AddReward(string name, Func<RewardContext, double?> score, double weight = 1.0) =>
        AddReward(new DelegateReward(name, score), weight);

    /// <summary>Adds an asynchronous reward as a lambda.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion; <see langword="null"/> if the reward does not apply. Called from several threads at once.
    /// </param>
    /// <param name="weight">The reward's weight in the total.</param>
    public TBuilder AddReward(
        string name, Func<RewardContext, CancellationToken, ValueTask<double?>> score, double weight = 1.0) =>
        AddReward(new DelegateReward(name, score), weight);

    private protected RolloutTrainerParts MakeParts(
        TOptions options, IPolicyLoss loss, IAdvantageEstimator advantages) => new()
        {
            Prompts = _prompts is null ? new DatasetPrompts(_dataset!, _template!) : new ListedPrompts(_prompts),
            Order = MakeOrder(options),
            Sampler = _sampler ?? new LocalSampler(Policy),
            Loss = loss,
            Advantages = advantages,
            Planner = _planner ?? new WholeGroupPlanner(),
            Rewards = [.. _rewards],
            Sinks = Sinks,
            Observers = Observers,
            Evaluations = Evaluations,
            RecordedRollouts = _recorded,
            Reference = _reference,
        };
}
