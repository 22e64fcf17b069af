namespace MedR1.Training;

/// <summary>
/// What all trainers have in common: how long and how fast they train, what stays fixed, and what is written where.
/// </summary>
public abstract class TrainerOptions
{
    /// <summary>The seed of every random choice in the run, such as data order and samples.</summary>
    /// <value>The default is 42, as in Med-R1.</value>
    public long Seed { get; set; } = 42;

    /// <summary>How many times the data is passed over, if <see cref="MaxSteps"/> is not set.</summary>
    /// <value>The default is 1, as in Med-R1.</value>
    public double Epochs { get; set; } = 1;

    /// <summary>The number of optimizer steps in the run; <see langword="null"/> to go by <see cref="Epochs"/>.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? MaxSteps { get; set; }

    /// <summary>The peak learning rate.</summary>
    public abstract double LearningRate { get; set; }

    /// <summary>How the learning rate develops after its warm-up.</summary>
    public abstract LearningRateDecay Schedule { get; set; }

    /// <summary>The parameters of a <see cref="Schedule"/> that takes any.</summary>
    /// <value>The default is transformers'.</value>
    public LearningRateDecayOptions ScheduleOptions { get; set; } = new();

    /// <summary>Steps over which the learning rate rises from 0; below 1, a fraction of all steps.</summary>
    public abstract double Warmup { get; set; }

    /// <summary>The AdamW settings shared by all parameters: betas, epsilon, and whether the step is fused.</summary>
    /// <value>The default is PyTorch's.</value>
    public AdamWOptions Optimizer { get; set; } = new();

    /// <summary>AdamW's decoupled weight decay; biases and norms are excluded.</summary>
    /// <value>The default is 0, as in Med-R1.</value>
    public double WeightDecay { get; set; }

    /// <summary>The maximum norm of a step's gradient; a larger gradient is scaled down. 0 for no limit.</summary>
    /// <value>The default is 1, as in Med-R1.</value>
    public double MaxGradientNorm { get; set; } = 1.0;

    /// <summary>Which parameters stay frozen, by their name in a checkpoint file; <see langword="null"/> to train all.</summary>
    /// <value>The default is <see langword="null"/>: Med-R1 trains everything, the vision tower included.</value>
    public Func<string, bool>? IsFrozen
    {
        get;
        set
        {
            field = value;
            FrozenPrefixes = [];
        }
    }

    /// <summary>
    /// The peak learning rate of individual parameters, by their name in a checkpoint file: <c>policy.LearningRates(…)</c> assigns
    /// one by part. A null result means <see cref="LearningRate"/>, and the schedule is the same for all.
    /// </summary>
    /// <value>The default is <see langword="null"/>: one learning rate.</value>
    public Func<string, double?>? LearningRateOf { get; set; }

    /// <summary>The folder that checkpoints are written to, for one run at a time; <see langword="null"/> for none.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? OutputFolder { get; set; }

    /// <summary>
    /// A checkpoint is written at each multiple of this many optimizer steps; 0 writes one only at the end. The last whole step of
    /// a run that fails is saved too, so that its work is not lost: see <see cref="TrainingFailure"/>.
    /// </summary>
    /// <value>The default is 0.</value>
    public int SaveInterval { get; set; }

    /// <summary>
    /// How many of the newest checkpoints are kept; older ones are removed once a new one is complete. The best one and those of
    /// <see cref="KeepInterval"/> always stay. <see langword="null"/> keeps all.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? KeepLast { get; set; }

    /// <summary>
    /// Checkpoints of steps that are multiples of this are never removed; 0 for none. Only has an effect with
    /// <see cref="KeepLast"/>.
    /// </summary>
    /// <value>The default is 0.</value>
    public int KeepInterval { get; set; }

    /// <summary>
    /// The metric that selects the best checkpoint, such as <c>eval/accuracy</c>. Whenever a step reports it and it is better than
    /// ever before, a checkpoint is written and <c>best</c> in the output folder names it. The run fails if the first evaluation does
    /// not report it or, for a metric that no evaluation reports, if the first step does not. A run resumed with a different metric starts
    /// selecting afresh. <see langword="null"/> for none.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? BestMetric { get; set; }

    /// <summary>Whether the smallest value of <see cref="BestMetric"/> is the best, as for a loss.</summary>
    /// <value>The default is <see langword="false"/>: the largest.</value>
    public bool BestIsLowest { get; set; }

    /// <summary>
    /// The run ends early once this many values of <see cref="BestMetric"/> in a row were no new best; <see langword="null"/> for never. A
    /// run resumed from there makes no further step unless this is raised.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? Patience { get; set; }

    /// <summary>
    /// Optimizer steps between evaluations; 0 evaluates only after the last step. Has no effect unless the builder was given
    /// evaluations.
    /// </summary>
    /// <value>The default is 0.</value>
    public int EvaluationInterval { get; set; }

    /// <summary>Whether a run is also evaluated before its first step; this is reported as step 0.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool EvaluateAtStart { get; set; }

    /// <summary>
    /// Optimizer steps between reports to the metric sinks; the last step and those with an evaluation are always reported. A
    /// report holds the latest value of each metric since the previous report.
    /// </summary>
    /// <value>The default is 1, as in Med-R1.</value>
    public int LogInterval { get; set; } = 1;

    /// <summary>
    /// How many bytes of encoded prompts to keep, so that an image is decoded once instead of once per epoch; 0 for none.
    /// </summary>
    /// <value>The default is 256 MiB.</value>
    public long PromptCacheBytes { get; set; } = 256L << 20;

    /// <summary>
    /// The maximum memory for image features on the policy's device, used if neither vision tower nor merger is trained or has an
    /// adapter: an image passes through the tower once for sampling and update, and once for all epochs if it fits; 0 for none.
    /// </summary>
    /// <value>The default is 256 MiB: about 430 images of 384 × 384 for Qwen2-VL-2B in bfloat16.</value>
    public long ImageFeatureCacheBytes { get; set; } = 256L << 20;

    /// <summary>Freezes every parameter whose name starts with one of these.</summary>
    /// <param name="prefixes">
    /// Prefixes of names, such as <c>visual.</c>; <c>Build</c> rejects one that matches no parameter.
    /// </param>
    public void Freeze(params IReadOnlyList<string> prefixes)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        Func<string, bool>? before = IsFrozen;
        string[] own = [.. prefixes];
        string[] all = [.. FrozenPrefixes, .. own];
        IsFrozen = name => (before?.Invoke(name) ?? false)
            || own.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        FrozenPrefixes = all;
    }

    /// <summary>
    /// The prefixes passed to <see cref="Freeze"/> since <see cref="IsFrozen"/> was set; one that matches no name is a mistake.
    /// </summary>
    internal IReadOnlyList<string> FrozenPrefixes { get; private set; } = [];

    /// <summary>The settings in which a resumed run may differ from its checkpoint.</summary>
    internal IReadOnlyList<string> AllowedChanges { get; set; } = [];

    /// <summary>Each is asked after each step whether the run ends there.</summary>
    internal IReadOnlyList<Func<StepMetrics, bool>> StopConditions { get; set; } = [];

    /// <summary>
    /// Settings that are compared only if something depends on them; a resumed run may always list them as allowed changes.
    /// </summary>
    internal virtual IReadOnlyList<string> MayBeLeftOut => [nameof(MaxSteps)];

    /// <summary>
    /// The settings that a resumed run must not change by accident, by name. Settings without effect on the run's numbers, such as the size
    /// of a cache, are not included, nor are functions: see <see cref="LearntParameters"/>.
    /// </summary>
    /// <param name="totalSteps">The number of steps in the whole run.</param>
    internal virtual Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = [];
        settings.Add(nameof(LearningRate), LearningRate);
        settings.Add(nameof(Schedule), Schedule);
        foreach (string part in LearningRateDecays.PartsOf(Schedule))
        {
            settings.Add($"{nameof(Schedule)}.{part}", LearningRateDecays.Parts[part](ScheduleOptions));
        }

        settings.Add(nameof(Warmup), Warmup);
        if (LearningRateDecays.HasEnd(Schedule) || Warmup is > 0 and < 1)
        {
            // Without them, a longer run begins just like a shorter one.
            settings.Add(nameof(MaxSteps), totalSteps);
        }

        settings.Add($"{nameof(Optimizer)}.{nameof(Optimizer.Beta1)}", Optimizer.Beta1);
        settings.Add($"{nameof(Optimizer)}.{nameof(Optimizer.Beta2)}", Optimizer.Beta2);
        settings.Add($"{nameof(Optimizer)}.{nameof(Optimizer.Epsilon)}", Optimizer.Epsilon);
        settings.Add(nameof(WeightDecay), WeightDecay);
        settings.Add(nameof(MaxGradientNorm), MaxGradientNorm);
        return settings;
    }

    internal LearningRateSchedule MakeSchedule(int totalSteps) => LearningRateDecays.Make(
        Schedule, ScheduleOptions, LearningRateDecays.StepsOf(Warmup, totalSteps), totalSteps);

    /// <summary>The number of optimizer steps in a run over this many examples.</summary>
    internal int StepsFor(int examples, int examplesPerStep, int iterations = 1) =>
        MaxSteps ?? (int)Math.Min(int.MaxValue, Math.Max(1, Math.Ceiling(Epochs * examples / examplesPerStep)) * iterations);
}
