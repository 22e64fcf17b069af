using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Training;

/// <summary>
/// What the builders of sampling trainers (GRPO, PPO) have in common: data, rewards, sampler, sinks. <c>Use…</c> fills a slot
/// once, <c>Add…</c> appends, <c>Configure</c> edits options. The builder owns nothing that it is given.
/// </summary>
/// <typeparam name="TBuilder">The builder itself, so that calls can be chained.</typeparam>
/// <typeparam name="TOptions">The trainer's options.</typeparam>
public abstract partial class RolloutTrainerBuilder<TBuilder, TOptions>
    where TBuilder : RolloutTrainerBuilder<TBuilder, TOptions>
    where TOptions : RolloutTrainerOptions, new()
{
    private readonly BuilderSlots _slots;
    private readonly List<Action<TOptions>> _configure = [];
    private readonly List<WeightedReward> _rewards = [];
    private readonly List<IMetricSink> _sinks = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<IEvaluationHook> _evaluations = [];
    private IVqaDataset? _dataset;
    private IPromptTemplate? _template;
    private IReadOnlyList<VqaPrompt>? _prompts;
    private IExampleOrder? _order;
    private ISampler? _sampler;
    private IUpdatePlanner? _planner;
    private IVisionLanguagePolicy? _reference;
    private string? _recorded;
    private IReadOnlyList<string> _allowedChanges = [];

    private protected RolloutTrainerBuilder(IVisionLanguagePolicy policy, string trainer)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
        _slots = new BuilderSlots(trainer);
    }

    private TBuilder Self => (TBuilder)this;

    private protected IVisionLanguagePolicy Policy { get; }

    private protected BuilderSlots Slots => _slots;

    private protected IReadOnlyList<WeightedReward> Rewards => _rewards;

    private protected IVisionLanguagePolicy? Reference => _reference;

    private protected bool UsesRecordedRollouts => _recorded is not null;

    private protected ResumePoint? Resume { get; private set; }

    /// <summary>Sets the examples that prompts are made from; needs <see cref="UsePrompt"/> too.</summary>
    /// <param name="dataset">The examples.</param>
    public TBuilder UseDataset(IVqaDataset dataset) => Fill(ref _dataset, dataset, nameof(UseDataset));

    /// <summary>Sets how a prompt is made from an example.</summary>
    /// <param name="template">The template.</param>
    public TBuilder UsePrompt(IPromptTemplate template) => Fill(ref _template, template, nameof(UsePrompt));

    /// <summary>Sets ready-made prompts, in place of <see cref="UseDataset"/> and <see cref="UsePrompt"/>.</summary>
    /// <param name="prompts">The prompts; rewards that look at an example need <see cref="VqaPrompt.Example"/>.</param>
    public TBuilder UsePrompts(IReadOnlyList<VqaPrompt> prompts) =>
        Fill(ref _prompts, prompts, nameof(UsePrompts));

    /// <summary>Sets the order of the prompts; by default they are shuffled anew each epoch.</summary>
    /// <param name="order">The order.</param>
    public TBuilder UseOrder(IExampleOrder order) => Fill(ref _order, order, nameof(UseOrder));

    /// <summary>Sets what draws completions; the default is a <see cref="LocalSampler"/> over the policy.</summary>
    /// <param name="sampler">The sampler; it stays with the caller.</param>
    public TBuilder UseSampler(ISampler sampler) => Fill(ref _sampler, sampler, nameof(UseSampler));

    /// <summary>Sets how completions are spread over steps and passes; by default groups stay whole.</summary>
    /// <param name="planner">The planner.</param>
    public TBuilder UseUpdatePlanner(IUpdatePlanner planner) =>
        Fill(ref _planner, planner, nameof(UseUpdatePlanner));

    /// <summary>Sets the reference policy; the default is a frozen copy of the policy, if the loss needs one.</summary>
    /// <param name="reference">The reference; it stays with the caller.</param>
    public TBuilder UseReference(IVisionLanguagePolicy reference) =>
        Fill(ref _reference, reference, nameof(UseReference));

    /// <summary>
    /// Trains from rollouts that a <see cref="RolloutRecorder"/> captured, without sampling or scoring. Data and rewards must be
    /// those of the recorded run: prompts are taken from the data again, and rewards supply their names and weights.
    /// </summary>
    /// <param name="folder">The folder of the recorder.</param>
    public TBuilder UseRecordedRollouts(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return Fill(ref _recorded, folder, nameof(UseRecordedRollouts));
    }

    /// <summary>Resumes from a checkpoint of the same run: weights, optimizer, schedule and position in the data.</summary>
    /// <param name="folder">The checkpoint's folder, or a run's output folder for its latest checkpoint.</param>
    public TBuilder ResumeFrom(string folder)
    {
        Resume = _slots.FillResume(folder, isOptional: false);
        return Self;
    }

    /// <summary>
    /// Resumes from the latest checkpoint of a run's output folder, or starts anew if no run has left anything there: for a program
    /// that does the same whether it is started for the first time or after it was killed.
    /// </summary>
    /// <param name="folder">
    /// The output folder, which need not exist. If it shows that there was a checkpoint but none can be used, <c>Build</c> says so
    /// instead of starting anew.
    /// </param>
    public TBuilder ResumeIfAny(string folder)
    {
        Resume = _slots.FillResume(folder, isOptional: true);
        return Self;
    }

    /// <summary>
    /// Allows a resumed run to deliberately use different settings from those its checkpoint was written with. From there on it is a
    /// different run, and its checkpoints record what was changed and when. Without this a changed setting is refused.
    /// </summary>
    /// <param name="settings">
    /// The options, such as <c>nameof(options.LearningRate)</c> or <c>nameof(options.MaxSteps)</c>, which stands for
    /// <see cref="TrainerOptions.Epochs"/> too; and <c>loss</c>, <c>advantages</c>
    /// (GRPO), <c>targets</c> (PPO), <c>sampling</c>, <c>prompts</c>, <c>order</c>, <c>planner</c>.
    /// </param>
    public TBuilder AllowChangedSettings(params IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _slots.Fill(nameof(AllowChangedSettings));
        _allowedChanges = [.. settings];
        return Self;
    }

    /// <summary>Adds a reward that scores completions one by one.</summary>
    /// <param name="reward">The reward; it stays with the caller.</param>
    /// <param name="weight">Its factor in the total.</param>
    public TBuilder AddReward(IReward reward, double weight = 1.0) =>
        Add(_rewards, new WeightedReward(reward, weight));

    /// <summary>Adds a reward that scores the completions of a prompt together.</summary>
    /// <param name="reward">The reward; it stays with the caller.</param>
    /// <param name="weight">Its factor in the total.</param>
    public TBuilder AddReward(IGroupReward reward, double weight = 1.0) =>
        Add(_rewards, new WeightedReward(reward, weight));

    /// <summary>Adds a reward as a lambda.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion; <see langword="null"/> if the reward does not apply. Called from several threads at once.
    /// </param>
    /// <param name="weight">Its factor in the total.</param>
    public TBuilder AddReward(string name, Func<RewardContext, double?> score, double weight = 1.0) =>
        AddReward(new DelegateReward(name, score), weight);

    /// <summary>Adds an asynchronous reward as a lambda.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion; <see langword="null"/> if the reward does not apply. Called from several threads at once.
    /// </param>
    /// <param name="weight">Its factor in the total.</param>
    public TBuilder AddReward(
        string name, Func<RewardContext, CancellationToken, ValueTask<double?>> score, double weight = 1.0) =>
        AddReward(new DelegateReward(name, score), weight);

    /// <summary>Adds a sink for measurements; it stays with the caller.</summary>
    /// <param name="sink">The sink.</param>
    public TBuilder AddMetricSink(IMetricSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return Add(_sinks, sink);
    }

    /// <summary>Adds an evaluation that runs while the policy is trained; it stays with the caller.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public TBuilder AddEvaluation(IEvaluationHook evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return Add(_evaluations, evaluation);
    }

    /// <summary>Adds an evaluation as a lambda.</summary>
    /// <param name="name">What it measures; the metric is <c>eval/{name}</c>.</param>
    /// <param name="evaluate">Measures the policy.</param>
    public TBuilder AddEvaluation(
        string name, Func<EvaluationContext, CancellationToken, ValueTask<double>> evaluate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(evaluate);
        return AddEvaluation(new DelegateEvaluation(name, evaluate));
    }

    /// <summary>Adds an observer; it stays with the caller.</summary>
    /// <param name="observer">The observer; an <see cref="IRolloutObserver"/> is also told of rollouts and passes.</param>
    public TBuilder AddObserver(ITrainingObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Add(_observers, observer);
    }

    /// <summary>Edits the options; calls run in order when the trainer is built.</summary>
    /// <param name="configure">Edits them.</param>
    public TBuilder Configure(Action<TOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(_configure, configure);
    }

    /// <summary>The edited options; an exception from an edit becomes one of the mistakes.</summary>
    private protected TOptions MakeOptions()
    {
        _slots.ThrowIfBuilt();
        TOptions options = new();
        foreach (Action<TOptions> configure in _configure)
        {
            _slots.Guard(nameof(Configure), () => configure(options));
        }

        _slots.RequireResume(Resume, _allowedChanges);
        options.AllowedChanges = _allowedChanges;
        return options;
    }

    private protected RolloutTrainerParts MakeParts(
        TOptions options, IPolicyLoss loss, AdvantageOptions advantages) => new()
        {
            Prompts = _prompts is null ? new DatasetPrompts(_dataset!, _template!) : new ListedPrompts(_prompts),
            Order = _order ?? new ShuffledOrder(options.Seed),
            Sampler = _sampler ?? new LocalSampler(Policy),
            Loss = loss,
            Advantages = advantages,
            Planner = _planner ?? new WholeGroupPlanner(),
            Rewards = [.. _rewards],
            Sinks = [.. _sinks],
            Observers = [.. _observers],
            Evaluations = [.. _evaluations],
            RecordedRollouts = _recorded,
            Reference = _reference,
        };

    private protected TBuilder Fill<T>(ref T? slot, T value, string call)
    {
        ArgumentNullException.ThrowIfNull(value);
        _slots.Fill(call);
        slot = value;
        return Self;
    }

    private TBuilder Add<T>(List<T> list, T value)
    {
        _slots.ThrowIfBuilt();
        list.Add(value);
        return Self;
    }
}
