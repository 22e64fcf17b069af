using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Group-relative policy optimization (DeepSeekMath, arXiv 2402.03300): prompts → groups of completions → rewards →
/// advantages in each group → loss → optimizer step. Made by <see cref="GrpoTrainerBuilder"/>.
/// </summary>
/// <remarks>
/// A trainer makes one run at a time, on its own thread. It disposes its optimizer and the reference that it cloned; policy, sampler,
/// rewards and sinks belong to the caller.
/// </remarks>
public sealed class GrpoTrainer : IDisposable
{
    private readonly ParameterUpdater _updater;
    private readonly IVisionLanguagePolicy? _ownReference;
    private readonly RolloutLoop _loop;
    private readonly RunGate _gate;

    internal GrpoTrainer(
        IVisionLanguagePolicy policy, RolloutTrainerParts parts, GrpoTrainerOptions options, string? resumeFrom)
    {
        _gate = new RunGate(nameof(GrpoTrainer), policy, options, parts.Reference);
        TotalSteps = options.StepsFor(parts.Prompts.Count, options.PromptsPerStep, options.Iterations);
        try
        {
            _ownReference = parts.Loss.RequiresReference && parts.Reference is null ? MakeReference(policy, options) : null;
            PromptTaker taker = new(policy, parts, options);
            ReplayBuffer? replay =
                options.Replay is null ? null : new ReplayBuffer(options.Replay, parts.IndexOf(options.Replay.Reward));
            IRolloutSource source = parts.SourceOf(policy, options, taker, options.DynamicSampling);
            if (replay is not null)
            {
                source = new ReplayingSource(source, replay, new RolloutMaker(parts), options.Seed);
            }

            _updater = new ParameterUpdater(policy.Parameters, options, TotalSteps);
            PolicyUpdate update = new(
                policy, parts.Reference ?? _ownReference, parts.Loss, options, _updater, parts.Observers,
                options.SkipCompletionsWithoutGradient);
            ReferenceMixer? mixer = options.ReferenceSync is null || _ownReference is null
                ? null : new ReferenceMixer(_updater.Trainable, _ownReference, options.ReferenceSync);
            RolloutCheckpoint kept = new(parts, taker);
            CheckpointStore checkpoints = new(
                policy, _updater, options, TotalSteps, nameof(GrpoTrainer), Invariants(policy, parts, options, update),
                kept, new GrpoCheckpointParts(taker, mixer, replay));
            RunState state = resumeFrom is null ? new RunState() : checkpoints.Load(resumeFrom);
            update.Restore(state);
            _loop = new RolloutLoop(
                nameof(GrpoTrainer), parts, options, TotalSteps, state, source,
                new GrpoLearner(options, update, replay, mixer), kept,
                new EvaluationRunner(policy, parts.Evaluations, options), checkpoints);
        }
        catch
        {
            // Frozen parameters must require gradients again, and a cloned reference takes as much memory as a model.
            Dispose();
            throw;
        }
    }

    /// <summary>The number of optimizer steps in the whole run.</summary>
    public int TotalSteps { get; }

    /// <summary>Trains to the last step, or until the run ends early.</summary>
    /// <param name="cancellationToken">Stops between micro-steps; the weights are then those of the last whole step.</param>
    /// <exception cref="InvalidPromptException">A prompt can't be encoded, or exceeds the model's context.</exception>
    /// <exception cref="RewardFailureException">
    /// A reward failed and the options say that this stops the run, or no completion of the first rollout has a reward and some
    /// failed.
    /// </exception>
    /// <exception cref="InvalidAdvantagesException">An advantage estimator of your own returned numbers that can't be learnt from.</exception>
    /// <exception cref="CheckpointException">A checkpoint can't be written.</exception>
    /// <exception cref="InvalidOperationException">
    /// A run of this trainer is in progress; or a different run changes this trainer's network or reference, uses this network as its
    /// reference, or compares with the same network while one of the two references is an adapter on it; or the first evaluation or step
    /// did not report <see cref="TrainerOptions.BestMetric"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed, or was during the run.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled by this token.</exception>
    /// <exception cref="TimeoutException">
    /// An operation within the run was cancelled, but not by the token, such as an evaluation's request that timed out.
    /// </exception>
    public Task<TrainingReport> RunAsync(CancellationToken cancellationToken = default) =>
        _gate.RunAsync(() => _loop.RunAsync(_gate, cancellationToken));

    /// <summary>
    /// Frees the optimizer and the cloned reference; a run in progress ends after its current step, and they are freed then.
    /// </summary>
    public void Dispose() => _gate.Close(() =>
    {
        _updater?.Dispose();
        _ownReference?.Dispose();
    });

    // A reference that is updated needs its own weights: for a policy with an adapter, a copy of the adapter instead of the base model with
    // the adapter switched off.
    private static IVisionLanguagePolicy MakeReference(IVisionLanguagePolicy policy, GrpoTrainerOptions options) =>
        options.ReferenceSync is null ? policy.CreateReference() : policy.CloneFrozen();

    private Dictionary<string, string> Invariants(
        IVisionLanguagePolicy policy, RolloutTrainerParts parts, GrpoTrainerOptions options, PolicyUpdate update)
    {
        Dictionary<string, string> values = new(parts.Invariants(options, policy, _ownReference is not null))
        {
            [nameof(options.Replay)] = options.Replay is null ? "off" : "on",
            [nameof(options.ReferenceSync)] = options.ReferenceSync is null ? "off" : "on",
        };
        if (update.MaySkip)
        {
            // Not a setting if it has no effect: otherwise a deliberate change of the loss would change it too.
            values[nameof(options.SkipCompletionsWithoutGradient)] = update.Skips ? RunSettings.On : RunSettings.None;
        }

        return values;
    }
}
