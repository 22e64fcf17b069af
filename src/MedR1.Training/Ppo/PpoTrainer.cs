using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Proximal policy optimization of a language model (Schulman et al., arXiv 1707.06347; as in InstructGPT, arXiv 2203.02155):
/// prompts → completions → score on the last token, divergence penalty on each token → values from a critic → token advantages
/// (GAE) → clipped update of the policy, update of the critic. Made by <see cref="PpoTrainerBuilder"/>.
/// </summary>
/// <remarks>
/// A trainer makes one run at a time, on its own thread. It disposes its optimizers, and the reference and critic that it copied; policy,
/// sampler, rewards and sinks belong to the caller.
/// </remarks>
public sealed class PpoTrainer : IDisposable
{
    private readonly ParameterUpdater _policyUpdater;
    private readonly ParameterUpdater _criticUpdater;
    private readonly IVisionLanguagePolicy? _ownReference;
    private readonly ValueModel? _ownCritic;
    private readonly RolloutLoop _loop;
    private readonly RunGate _gate;

    internal PpoTrainer(
        IVisionLanguagePolicy policy, RolloutTrainerParts parts, PpoTrainerOptions options, PpoLossOptions loss,
        PpoTargetOptions targets, ValueModel? critic, string? resumeFrom)
    {
        _gate = new RunGate(nameof(PpoTrainer), policy, options, parts.Reference);
        parts = parts with { ScoresAreAdvantages = true };
        TotalSteps = options.StepsFor(parts.Prompts.Count, options.PromptsPerStep, options.Iterations);
        try
        {
            bool needsReference = parts.Loss.RequiresReference || targets.KlCoefficient != 0;
            _ownReference = needsReference && parts.Reference is null ? policy.CreateReference() : null;
            _ownCritic = critic is null ? ValueModel.CopyOf((IHiddenStatePolicy)policy) : null;
            Critic = critic ?? _ownCritic!;
            PromptTaker taker = new(policy, parts, options);
            IRolloutSource source = parts.SourceOf(policy, options, taker);
            _policyUpdater = new ParameterUpdater(policy.Parameters, options, TotalSteps);
            _criticUpdater = new ParameterUpdater(Critic.Parameters, options.ForCritic(), TotalSteps);
            IVisionLanguagePolicy? reference = parts.Reference ?? _ownReference;
            PolicyUpdate policyUpdate = new(policy, reference, parts.Loss, options, _policyUpdater, parts.Observers);
            RolloutCheckpoint kept = new(parts, taker);
            CheckpointStore checkpoints = new(
                policy, _policyUpdater, options, TotalSteps, nameof(PpoTrainer), Invariants(policy, parts, options, loss, targets),
                kept, new CriticCheckpoint(_criticUpdater));
            RunState state = resumeFrom is null ? new RunState() : checkpoints.Load(resumeFrom);
            policyUpdate.Restore(state);
            PpoLearner learner = new(
                policyUpdate, new CriticUpdate(Critic, loss, options, _criticUpdater),
                new TargetMaker(Critic, reference, targets, options, policyUpdate));
            _loop = new RolloutLoop(
                nameof(PpoTrainer), parts, options, TotalSteps, state, source, learner, kept,
                new EvaluationRunner(policy, parts.Evaluations, options), checkpoints);
        }
        catch
        {
            // Frozen parameters must require gradients again, and the copies take as much memory as a model.
            Dispose();
            throw;
        }
    }

    /// <summary>The number of optimizer steps in the whole run.</summary>
    public int TotalSteps { get; }

    /// <summary>The critic in its current state; a critic that the trainer copied is disposed with the trainer.</summary>
    public ValueModel Critic { get; }

    /// <summary>Trains to the last step, or until the run ends early.</summary>
    /// <param name="cancellationToken">Stops between micro-steps; the weights are then those of the last whole step.</param>
    /// <exception cref="InvalidPromptException">A prompt can't be encoded, or exceeds the model's context.</exception>
    /// <exception cref="RewardFailureException">
    /// A reward failed and the options say that this stops the run, or no completion of the first rollout has a reward and some
    /// failed.
    /// </exception>
    /// <exception cref="CheckpointException">A checkpoint can't be written.</exception>
    /// <exception cref="InvalidOperationException">
    /// A run of this trainer is in progress; or a different run changes this trainer's network, critic or reference, uses one of the first
    /// two as its reference, or compares with the same network while one of the two references is an adapter on it; or the first evaluation
    /// or step did not report <see cref="TrainerOptions.BestMetric"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed, or was during the run.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled by this token.</exception>
    /// <exception cref="TimeoutException">
    /// An operation within the run was cancelled, but not by the token, such as an evaluation's request that timed out.
    /// </exception>
    public Task<TrainingReport> RunAsync(CancellationToken cancellationToken = default) =>
        _gate.RunAsync(() => _loop.RunAsync(_gate, cancellationToken), Critic.Body.Network, Critic.Head);

    /// <summary>
    /// Frees the optimizers, and the reference and critic if they were copied; a run in progress ends after its current step, and they are
    /// freed then.
    /// </summary>
    public void Dispose() => _gate.Close(() =>
    {
        _policyUpdater?.Dispose();
        _criticUpdater?.Dispose();
        _ownReference?.Dispose();
        _ownCritic?.Dispose();
    });

    private Dictionary<string, string> Invariants(
        IVisionLanguagePolicy policy, RolloutTrainerParts parts, PpoTrainerOptions options, PpoLossOptions loss, PpoTargetOptions targets)
    {
        Dictionary<string, string> values =
            parts.Invariants(options, policy, _ownReference is not null || _ownCritic is not null);
        values.Add($"loss.{nameof(loss.ValueCoefficient)}", loss.ValueCoefficient);
        values.Add($"loss.{nameof(loss.ValueClip)}", loss.ValueClip);
        values.AddParts("targets", targets);
        values.Add($"{nameof(options.IsFrozen)}.critic", _criticUpdater.Settings[nameof(options.IsFrozen)]);
        return values;
    }
}
