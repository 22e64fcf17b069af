using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// What the builders of all trainers have in common: order of the data, resuming, sinks, evaluations, observers, options. <c>Use…</c> fills
/// a slot once, <c>Add…</c> appends, <c>Configure</c> edits options. The builder takes ownership of nothing that it is given.
/// </summary>
/// <typeparam name="TBuilder">The builder itself, so that calls can be chained.</typeparam>
/// <typeparam name="TOptions">The trainer's options.</typeparam>
public abstract class TrainerBuilder<TBuilder, TOptions>
    where TBuilder : TrainerBuilder<TBuilder, TOptions>
    where TOptions : TrainerOptions, new()
{
    private readonly List<Action<TOptions>> _configure = [];
    private readonly List<IMetricSink> _sinks = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<IEvaluationHook> _evaluations = [];
    private readonly List<Func<StepMetrics, bool>> _stopConditions = [];
    private IExampleOrder? _order;
    private IReadOnlyList<string> _allowedChanges = [];

    private protected TrainerBuilder(IVisionLanguagePolicy policy, string trainer)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
        Slots = new BuilderSlots(trainer);
    }

    private protected IVisionLanguagePolicy Policy { get; }

    private protected BuilderSlots Slots { get; }

    private protected ResumePoint? Resume { get; private set; }

    private protected IReadOnlyList<IMetricSink> Sinks => [.. _sinks];

    private protected IReadOnlyList<ITrainingObserver> Observers => [.. _observers];

    private protected IReadOnlyList<IEvaluationHook> Evaluations => [.. _evaluations];

    private TBuilder Self => (TBuilder)this;

    /// <summary>Sets the order of the examples or prompts; by default they are shuffled anew each epoch.</summary>
    /// <param name="order">The order.</param>
    public TBuilder UseOrder(IExampleOrder order) => Fill(ref _order, order, nameof(UseOrder));

    /// <summary>Resumes from a checkpoint of the same run: weights, optimizer, schedule and position in the data.</summary>
    /// <param name="folder">The checkpoint's folder, or a run's output folder for its latest checkpoint.</param>
    public TBuilder ResumeFrom(string folder)
    {
        Resume = Slots.FillResume(folder, isOptional: false);
        return Self;
    }

    /// <summary>
    /// Resumes from the latest checkpoint of a run's output folder, or starts anew if no run has left anything there: for programs that are
    /// started the same way the first time and after they were killed.
    /// </summary>
    /// <param name="folder">
    /// The output folder, which need not exist. If there are traces of a checkpoint but none is usable, <c>Build</c> fails instead of
    /// starting anew.
    /// </param>
    public TBuilder ResumeIfAny(string folder)
    {
        Resume = Slots.FillResume(folder, isOptional: true);
        return Self;
    }

    /// <summary>
    /// Allows a resumed run to deliberately use different settings from those its checkpoint was written with. From there on it is a
    /// different run, and its checkpoints record what was changed and when. Without this call, a changed setting is refused.
    /// </summary>
    /// <param name="settings">
    /// The options, such as <c>nameof(options.LearningRate)</c> or <c>nameof(options.MaxSteps)</c>, which also covers
    /// <see cref="TrainerOptions.Epochs"/>; and <c>order</c>, for SFT <c>examples</c>, for GRPO and PPO <c>prompts</c>, <c>sampling</c>,
    /// <c>planner</c> and <c>loss</c>, for GRPO <c>advantages</c>, for PPO <c>targets</c>.
    /// </param>
    public TBuilder AllowChangedSettings(params IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Slots.Fill(nameof(AllowChangedSettings));
        _allowedChanges = [.. settings];
        return Self;
    }

    /// <summary>Adds a sink for metrics; the caller keeps ownership.</summary>
    /// <param name="sink">The sink.</param>
    public TBuilder AddMetricSink(IMetricSink sink) => Add(_sinks, sink, nameof(sink));

    /// <summary>Adds an evaluation that runs while the policy is trained; the caller keeps ownership.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public TBuilder AddEvaluation(IEvaluationHook evaluation) => Add(_evaluations, evaluation, nameof(evaluation));

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

    /// <summary>Adds an observer; the caller keeps ownership.</summary>
    /// <param name="observer">
    /// The observer; an <see cref="IRolloutObserver"/> is also notified of rollouts and passes (GRPO, PPO), an <see cref="ISftObserver"/>
    /// of passes (SFT).
    /// </param>
    public TBuilder AddObserver(ITrainingObserver observer) => Add(_observers, observer, nameof(observer));

    /// <summary>
    /// Ends the run after the first step for which a condition holds, as after its last step: it is evaluated, a checkpoint is written, and
    /// observers are notified of the end. A run resumed from that checkpoint continues. For the end of a metric's improvement see
    /// <see cref="TrainerOptions.Patience"/>.
    /// </summary>
    /// <param name="condition">
    /// Asked after each step, with the step's metrics, on the training thread. A metric that a step doesn't have is missing.
    /// </param>
    public TBuilder StopWhen(Func<StepMetrics, bool> condition) => Add(_stopConditions, condition, nameof(condition));

    /// <summary>Edits the options; calls run in order when the trainer is built.</summary>
    /// <param name="configure">The edit.</param>
    public TBuilder Configure(Action<TOptions> configure) => Add(_configure, configure, nameof(configure));

    /// <summary>The edited options; an exception from an edit becomes one of the mistakes.</summary>
    private protected TOptions MakeOptions()
    {
        Slots.ThrowIfBuilt();
        TOptions options = new();
        foreach (Action<TOptions> configure in _configure)
        {
            Slots.Guard(nameof(Configure), () => configure(options));
        }

        Slots.RequireResume(Resume, _allowedChanges);
        options.AllowedChanges = _allowedChanges;
        options.StopConditions = [.. _stopConditions];
        return options;
    }

    private protected IExampleOrder MakeOrder(TOptions options) => _order ?? new ShuffledOrder(options.Seed);

    private protected TBuilder Fill<T>(ref T? slot, T value, string call)
    {
        ArgumentNullException.ThrowIfNull(value);
        Slots.Fill(call);
        slot = value;
        return Self;
    }

    /// <param name="list">The list to append to.</param>
    /// <param name="value">The value to append.</param>
    /// <param name="name">The name of the caller's parameter, for the exception if the value is null.</param>
    private protected TBuilder Add<T>(List<T> list, T value, string name)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        Slots.ThrowIfBuilt();
        list.Add(value);
        return Self;
    }
}
