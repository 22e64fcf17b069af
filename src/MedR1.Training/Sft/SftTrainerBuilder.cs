using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Puts a supervised trainer together. <c>Use…</c> fills a slot once, <c>Add…</c> appends, <c>Configure</c> edits options,
/// <c>Build</c> reports every mistake at once and works once. The builder owns nothing that it is given.
/// </summary>
public sealed class SftTrainerBuilder
{
    private readonly IVisionLanguagePolicy _policy;
    private readonly BuilderSlots _slots = new(nameof(SftTrainer));
    private readonly List<Action<SftTrainerOptions>> _configure = [];
    private readonly List<IMetricSink> _sinks = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<IEvaluationHook> _evaluations = [];
    private IReadOnlyList<SupervisedExample>? _examples;
    private IExampleOrder? _order;
    private ResumePoint? _resume;
    private IReadOnlyList<string> _allowedChanges = [];

    /// <summary>Starts with the policy to train.</summary>
    /// <param name="policy">The policy; it stays with the caller.</param>
    public SftTrainerBuilder(IVisionLanguagePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
    }

    /// <summary>Sets the examples to learn.</summary>
    /// <param name="examples">
    /// The examples. They are read one at a time on a thread other than the training's, and three of them when the trainer is
    /// built, by which a resumed run recognizes them; your own implementation of the list may make them on demand.
    /// </param>
    public SftTrainerBuilder UseExamples(IReadOnlyList<SupervisedExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        _slots.Fill(nameof(UseExamples));
        _examples = examples;
        return this;
    }

    /// <summary>Sets the order of the examples; by default they are shuffled anew each epoch.</summary>
    /// <param name="order">The order.</param>
    public SftTrainerBuilder UseOrder(IExampleOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        _slots.Fill(nameof(UseOrder));
        _order = order;
        return this;
    }

    /// <summary>Resumes from a checkpoint of the same run: weights, optimizer, schedule and position in the data.</summary>
    /// <param name="folder">The checkpoint's folder, or a run's output folder for its latest checkpoint.</param>
    public SftTrainerBuilder ResumeFrom(string folder)
    {
        _resume = _slots.FillResume(folder, isOptional: false);
        return this;
    }

    /// <summary>
    /// Resumes from the latest checkpoint of a run's output folder, or starts anew if no run has left anything there: for a program
    /// that does the same whether it is started for the first time or after it was killed.
    /// </summary>
    /// <param name="folder">
    /// The output folder, which need not exist. If it shows that there was a checkpoint but none can be used, <c>Build</c> says so
    /// instead of starting anew.
    /// </param>
    public SftTrainerBuilder ResumeIfAny(string folder)
    {
        _resume = _slots.FillResume(folder, isOptional: true);
        return this;
    }

    /// <summary>
    /// Allows a resumed run to deliberately use different settings from those its checkpoint was written with. From there on it is
    /// a different run, and its checkpoints record what was changed and when. Without this a changed setting is refused.
    /// </summary>
    /// <param name="settings">
    /// The options, such as <c>nameof(options.LearningRate)</c> or <c>nameof(options.MaxSteps)</c>, which stands for
    /// <see cref="TrainerOptions.Epochs"/> too; and <c>examples</c>, <c>order</c>.
    /// </param>
    public SftTrainerBuilder AllowChangedSettings(params IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _slots.Fill(nameof(AllowChangedSettings));
        _allowedChanges = [.. settings];
        return this;
    }

    /// <summary>Adds a sink for measurements; it stays with the caller.</summary>
    /// <param name="sink">The sink.</param>
    public SftTrainerBuilder AddMetricSink(IMetricSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _slots.ThrowIfBuilt();
        _sinks.Add(sink);
        return this;
    }

    /// <summary>Adds an evaluation that runs while the policy is trained; it stays with the caller.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public SftTrainerBuilder AddEvaluation(IEvaluationHook evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        _slots.ThrowIfBuilt();
        _evaluations.Add(evaluation);
        return this;
    }

    /// <summary>Adds an evaluation as a lambda.</summary>
    /// <param name="name">What it measures; the metric is <c>eval/{name}</c>.</param>
    /// <param name="evaluate">Measures the policy.</param>
    public SftTrainerBuilder AddEvaluation(
        string name, Func<EvaluationContext, CancellationToken, ValueTask<double>> evaluate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(evaluate);
        return AddEvaluation(new DelegateEvaluation(name, evaluate));
    }

    /// <summary>Adds an observer; it stays with the caller.</summary>
    /// <param name="observer">The observer; an <see cref="ISftObserver"/> is also told of the passes.</param>
    public SftTrainerBuilder AddObserver(ITrainingObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _slots.ThrowIfBuilt();
        _observers.Add(observer);
        return this;
    }

    /// <summary>Edits the options; calls run in order when the trainer is built.</summary>
    /// <param name="configure">Edits them.</param>
    public SftTrainerBuilder Configure(Action<SftTrainerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _slots.ThrowIfBuilt();
        _configure.Add(configure);
        return this;
    }

    /// <summary>Makes the trainer. The options are copied.</summary>
    /// <exception cref="TrainerConfigurationException">There are mistakes; it lists all of them.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from can't be read.</exception>
    /// <exception cref="InvalidOperationException">The builder has already built.</exception>
    public SftTrainer Build()
    {
        _slots.ThrowIfBuilt();
        SftTrainerOptions options = new();
        foreach (Action<SftTrainerOptions> configure in _configure)
        {
            _slots.Guard(nameof(Configure), () => configure(options));
        }

        options = options.Copy();
        _slots.RequireResume(_resume, _allowedChanges);
        options.AllowedChanges = _allowedChanges;
        _slots.Take(new SftTrainerOptionsValidator().Validate(null, options));
        _slots.Require(_examples is not null, "There is nothing to learn: .UseExamples(examples).");
        _slots.Require(
            _examples is not { Count: 0 }, "The list of examples is empty: .UseExamples(examples) with at least one.");
        _slots.RequireTrainable(_policy, options);
        _slots.RequireEvaluations(options, _evaluations);
        _slots.Finish();
        return new SftTrainer(
            _policy, _examples!, _order ?? new ShuffledOrder(options.Seed), options,
            [.. _sinks], [.. _observers], [.. _evaluations], _resume?.Find());
    }
}
