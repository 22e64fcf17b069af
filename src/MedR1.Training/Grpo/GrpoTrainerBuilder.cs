using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Training;

/// <summary>
/// Puts a GRPO trainer together. <c>Use…</c> fills a slot once, <c>Add…</c> appends, <c>Configure</c> edits options,
/// <c>Build</c> reports every mistake at once and works once. The builder owns nothing that it is given.
/// </summary>
public sealed partial class GrpoTrainerBuilder
{
    private readonly IVisionLanguagePolicy _policy;
    private readonly BuilderSlots _slots = new(nameof(GrpoTrainer));
    private readonly List<Action<GrpoTrainerOptions>> _configure = [];
    private readonly List<WeightedReward> _rewards = [];
    private readonly List<IMetricSink> _sinks = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<IEvaluationHook> _evaluations = [];
    private IVqaDataset? _dataset;
    private IPromptTemplate? _template;
    private IReadOnlyList<VqaPrompt>? _prompts;
    private IExampleOrder? _order;
    private ISampler? _sampler;
    private IPolicyLoss? _loss;
    private AdvantageOptions? _advantages;
    private IUpdatePlanner? _planner;
    private IVisionLanguagePolicy? _reference;
    private string? _recorded;
    private string? _resumeFrom;

    /// <summary>Starts with the policy to train.</summary>
    /// <param name="policy">The policy; it stays with the caller.</param>
    public GrpoTrainerBuilder(IVisionLanguagePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
    }

    /// <summary>Sets the examples that prompts are made of; needs <see cref="UsePrompt"/> too.</summary>
    /// <param name="dataset">The examples.</param>
    public GrpoTrainerBuilder UseDataset(IVqaDataset dataset) => Fill(ref _dataset, dataset, nameof(UseDataset));

    /// <summary>Sets how a prompt is made of an example.</summary>
    /// <param name="template">The template.</param>
    public GrpoTrainerBuilder UsePrompt(IPromptTemplate template) => Fill(ref _template, template, nameof(UsePrompt));

    /// <summary>
    /// Sets prompts that are made already, in place of <see cref="UseDataset"/> and <see cref="UsePrompt"/>.
    /// </summary>
    /// <param name="prompts">The prompts; rewards that look at an example need <see cref="VqaPrompt.Example"/>.</param>
    public GrpoTrainerBuilder UsePrompts(IReadOnlyList<VqaPrompt> prompts) =>
        Fill(ref _prompts, prompts, nameof(UsePrompts));

    /// <summary>Sets the order of the prompts; without it they are shuffled anew each epoch.</summary>
    /// <param name="order">The order.</param>
    public GrpoTrainerBuilder UseOrder(IExampleOrder order) => Fill(ref _order, order, nameof(UseOrder));

    /// <summary>Sets what draws completions; without it a <see cref="LocalSampler"/> over the policy.</summary>
    /// <param name="sampler">The sampler; it stays with the caller.</param>
    public GrpoTrainerBuilder UseSampler(ISampler sampler) => Fill(ref _sampler, sampler, nameof(UseSampler));

    /// <summary>Sets the loss; without it <see cref="GrpoLossOptions.MedR1"/>.</summary>
    /// <param name="loss">The loss.</param>
    public GrpoTrainerBuilder UseLoss(IPolicyLoss loss) => Fill(ref _loss, loss, nameof(UseLoss));

    /// <summary>Sets how rewards become advantages; without it <see cref="AdvantageOptions.Grpo"/>.</summary>
    /// <param name="advantages">The options.</param>
    public GrpoTrainerBuilder UseAdvantages(AdvantageOptions advantages) =>
        Fill(ref _advantages, advantages, nameof(UseAdvantages));

    /// <summary>Sets how completions are spread over steps and passes; without it groups stay whole.</summary>
    /// <param name="planner">The planner.</param>
    public GrpoTrainerBuilder UseUpdatePlanner(IUpdatePlanner planner) =>
        Fill(ref _planner, planner, nameof(UseUpdatePlanner));

    /// <summary>Sets the reference policy; without it a frozen copy of the policy, if the loss needs one.</summary>
    /// <param name="reference">The reference; it stays with the caller.</param>
    public GrpoTrainerBuilder UseReference(IVisionLanguagePolicy reference) =>
        Fill(ref _reference, reference, nameof(UseReference));

    /// <summary>
    /// Trains from rollouts that a <see cref="RolloutRecorder"/> captured, without sampling or scoring. Data and
    /// rewards must be those of the recorded run: prompts are taken from the data again, and rewards give their names
    /// and weights.
    /// </summary>
    /// <param name="folder">The folder of the recorder.</param>
    public GrpoTrainerBuilder UseRecordedRollouts(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return Fill(ref _recorded, folder, nameof(UseRecordedRollouts));
    }

    /// <summary>
    /// Goes on from a checkpoint of the same run: weights, optimizer, schedule and place in the data.
    /// </summary>
    /// <param name="folder">The checkpoint's folder, or a run's output folder for its latest.</param>
    public GrpoTrainerBuilder ResumeFrom(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return Fill(ref _resumeFrom, folder, nameof(ResumeFrom));
    }

    /// <summary>Adds a reward that scores completions one by one.</summary>
    /// <param name="reward">The reward; it stays with the caller.</param>
    /// <param name="weight">Its factor in the total.</param>
    public GrpoTrainerBuilder AddReward(IReward reward, double weight = 1.0) =>
        Add(_rewards, new WeightedReward(reward, weight));

    /// <summary>Adds a reward that scores the completions of a prompt together.</summary>
    /// <param name="reward">The reward; it stays with the caller.</param>
    /// <param name="weight">Its factor in the total.</param>
    public GrpoTrainerBuilder AddReward(IGroupReward reward, double weight = 1.0) =>
        Add(_rewards, new WeightedReward(reward, weight));

    /// <summary>Adds a reward in one lambda.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion; <see langword="null"/> where the reward does not apply. Called from several threads at
    /// once.
    /// </param>
    /// <param name="weight">Its factor in the total.</param>
    public GrpoTrainerBuilder AddReward(string name, Func<RewardContext, double?> score, double weight = 1.0) =>
        AddReward(new DelegateReward(name, score), weight);

    /// <summary>Adds an asynchronous reward in one lambda.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion; <see langword="null"/> where the reward does not apply. Called from several threads at
    /// once.
    /// </param>
    /// <param name="weight">Its factor in the total.</param>
    public GrpoTrainerBuilder AddReward(
        string name, Func<RewardContext, CancellationToken, ValueTask<double?>> score, double weight = 1.0) =>
        AddReward(new DelegateReward(name, score), weight);

    /// <summary>Adds a sink for measurements; it stays with the caller.</summary>
    /// <param name="sink">The sink.</param>
    public GrpoTrainerBuilder AddMetricSink(IMetricSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return Add(_sinks, sink);
    }

    /// <summary>Adds an evaluation that runs while the policy is trained; it stays with the caller.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public GrpoTrainerBuilder AddEvaluation(IEvaluationHook evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return Add(_evaluations, evaluation);
    }

    /// <summary>Adds an evaluation in one lambda.</summary>
    /// <param name="name">What it measures; the metric is <c>eval/{name}</c>.</param>
    /// <param name="evaluate">Measures the policy.</param>
    public GrpoTrainerBuilder AddEvaluation(
        string name, Func<EvaluationContext, CancellationToken, ValueTask<double>> evaluate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(evaluate);
        return AddEvaluation(new DelegateEvaluation(name, evaluate));
    }

    /// <summary>Adds an observer; it stays with the caller.</summary>
    /// <param name="observer">
    /// The observer; one that is an <see cref="IGrpoObserver"/> sees rollouts and passes too.
    /// </param>
    public GrpoTrainerBuilder AddObserver(ITrainingObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Add(_observers, observer);
    }

    /// <summary>Edits the options; calls run in their order when the trainer is built.</summary>
    /// <param name="configure">Edits them.</param>
    public GrpoTrainerBuilder Configure(Action<GrpoTrainerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(_configure, configure);
    }

    /// <summary>Makes the trainer. The options are copied.</summary>
    /// <exception cref="TrainerConfigurationException">There are mistakes; it lists all of them.</exception>
    /// <exception cref="CheckpointException">The checkpoint to go on from can't be read.</exception>
    /// <exception cref="InvalidOperationException">The builder has built before.</exception>
    public GrpoTrainer Build()
    {
        _slots.ThrowIfBuilt();
        GrpoTrainerOptions options = new();
        foreach (Action<GrpoTrainerOptions> configure in _configure)
        {
            _slots.Guard(nameof(Configure), () => configure(options));
        }

        options = options.Copy();
        _slots.Take(new GrpoTrainerOptionsValidator().Validate(null, options));
        RequireData();
        RequireRewards();
        RequireFitting(options);
        _slots.Finish();
        return new GrpoTrainer(_policy, MakeParts(options), options, _resumeFrom);
    }

    private GrpoTrainerParts MakeParts(GrpoTrainerOptions options) => new()
    {
        Prompts = _prompts is null ? new DatasetPrompts(_dataset!, _template!) : new ListedPrompts(_prompts),
        Order = _order ?? new ShuffledOrder(options.Seed),
        Sampler = _sampler ?? new LocalSampler(_policy),
        Loss = _loss ?? DefaultLoss,
        Advantages = _advantages ?? AdvantageOptions.Grpo,
        Planner = _planner ?? new WholeGroupPlanner(),
        Rewards = [.. _rewards],
        Sinks = [.. _sinks],
        Observers = [.. _observers],
        Evaluations = [.. _evaluations],
        RecordedRollouts = _recorded,
        Reference = _reference,
    };

    private GrpoTrainerBuilder Fill<T>(ref T? slot, T value, string call)
    {
        ArgumentNullException.ThrowIfNull(value);
        _slots.Fill(call);
        slot = value;
        return this;
    }

    private GrpoTrainerBuilder Add<T>(List<T> list, T value)
    {
        _slots.ThrowIfBuilt();
        list.Add(value);
        return this;
    }
}
