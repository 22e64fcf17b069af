using System.Diagnostics;
using MedR1.Losses;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Group-relative policy optimization (DeepSeekMath, arXiv 2402.03300): prompts → groups of completions → rewards →
/// advantages in each group → loss → optimizer step. Made by <see cref="GrpoTrainerBuilder"/>.
/// </summary>
/// <remarks>
/// One run at a time, on a thread of its own. It disposes its optimizer and the reference that it cloned; policy,
/// sampler, rewards and sinks stay with who made them.
/// </remarks>
public sealed class GrpoTrainer : IDisposable
{
    private readonly GrpoTrainerOptions _options;
    private readonly GrpoTrainerParts _parts;
    private readonly MetricDispatcher _dispatcher;
    private readonly IRolloutSource _source;
    private readonly ParameterUpdater _updater;
    private readonly IVisionLanguagePolicy? _ownReference;
    private readonly GrpoUpdate _update;
    private readonly ReplayBuffer? _replay;
    private readonly ReferenceMixer? _mixer;
    private readonly EvaluationRunner _evaluations;
    private readonly GrpoCheckpointParts _kept;
    private readonly CheckpointStore _checkpoints;
    private readonly RunState _state;
    private readonly RunGate _gate = new();

    internal GrpoTrainer(
        IVisionLanguagePolicy policy, GrpoTrainerParts parts, GrpoTrainerOptions options, string? resumeFrom)
    {
        _options = options;
        _parts = parts;
        _dispatcher = new MetricDispatcher(parts.Sinks);
        TotalSteps = options.StepsFor(parts.Prompts.Count, options.PromptsPerStep, options.Iterations);
        _ownReference = parts.Loss.RequiresReference && parts.Reference is null ? MakeReference(policy) : null;
        PromptTaker taker = new(policy, parts, options);
        _replay = options.Replay is null ? null : new ReplayBuffer(options.Replay, parts.IndexOf(options.Replay.Reward));
        _source = MakeSource(policy, taker);
        _updater = new ParameterUpdater(policy, options, TotalSteps);
        _update = new GrpoUpdate(
            policy, parts.Reference ?? _ownReference, parts.Loss, options, _updater, parts.Observers);
        _mixer = options.ReferenceSync is null || _ownReference is null
            ? null : new ReferenceMixer(_updater.Trainable, _ownReference, options.ReferenceSync);
        _evaluations = new EvaluationRunner(policy, parts.Evaluations, options);
        _kept = new GrpoCheckpointParts(parts, taker, _mixer, _replay);
        _checkpoints = new CheckpointStore(
            policy, _updater, options, TotalSteps, nameof(GrpoTrainer), parts.Invariants(options, ReferenceOf(policy)),
            _kept);
        _state = resumeFrom is null ? new RunState() : _checkpoints.Load(resumeFrom);
        if (_update.Entropy is not null && _state.Entropy is not null)
        {
            _update.Entropy.State = _state.Entropy;
        }
    }

    /// <summary>Optimizer steps of the whole run.</summary>
    public int TotalSteps { get; }

    /// <summary>Trains to the last step.</summary>
    /// <param name="cancellationToken">Stops between micro-steps; the weights of the last whole step stay.</param>
    /// <exception cref="InvalidPromptException">
    /// A prompt can't be encoded, or is longer than the model's context.
    /// </exception>
    /// <exception cref="RewardFailureException">
    /// A reward failed and the options say that this stops the run.
    /// </exception>
    /// <exception cref="CheckpointException">A checkpoint can't be written.</exception>
    /// <exception cref="InvalidOperationException">A run of this trainer is under way.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public Task<TrainingReport> RunAsync(CancellationToken cancellationToken = default) =>
        _gate.RunAsync(() => RunLoopAsync(cancellationToken));

    /// <summary>Frees the optimizer and the reference.</summary>
    public void Dispose()
    {
        _updater.Dispose();
        _ownReference?.Dispose();
    }

    private async Task<TrainingReport> RunLoopAsync(CancellationToken cancellationToken)
    {
        RunReporter reporter = new(
            nameof(GrpoTrainer), _state, TotalSteps, _options, _dispatcher, _evaluations, _checkpoints,
            _parts.Observers);
        await reporter.StartAsync(cancellationToken);
        while (_state.Step < TotalSteps)
        {
            long start = Stopwatch.GetTimestamp();
            Dictionary<string, double> sampled = [];
            Rollout rollout = _kept.Rollout ?? await SampleAsync(sampled, cancellationToken);
            IReadOnlyList<PlannedStep> plan = _parts.Planner.Plan(rollout, _options);
            if (rollout.OldLogProbabilities is null && NeedsOldLogProbabilities)
            {
                _update.RecordOldLogProbabilities(rollout, plan);
                _replay?.Keep(rollout);
            }

            if (_state.Step + plan.Count * _options.Iterations - _state.StepInRollout < TotalSteps)
            {
                _source.Prefetch(_state.Rollouts + 1, _state.Position, cancellationToken);
            }

            while (_state.Step < TotalSteps && _kept.Rollout is not null)
            {
                GrpoStepResult result = _update.Run(
                    rollout, plan[_state.StepInRollout % plan.Count], _state.Step + 1, cancellationToken);
                Advance(result, plan.Count * _options.Iterations);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                await reporter.EndStepAsync(Measure(result, rollout, seconds, sampled), cancellationToken);
                start = Stopwatch.GetTimestamp();
                sampled = [];
            }
        }

        return reporter.End();
    }

    // One that moves needs weights of its own: of a policy with an adapter a copy of the adapter, not the adapter off.
    private IVisionLanguagePolicy MakeReference(IVisionLanguagePolicy policy) =>
        _options.ReferenceSync is null ? policy.CreateReference() : policy.CloneFrozen();

    private bool NeedsOldLogProbabilities =>
        _options.StepsPerGeneration * _options.Iterations > 1 || _replay is not null;

    private IRolloutSource MakeSource(IVisionLanguagePolicy policy, PromptTaker taker)
    {
        IRolloutSource source = _parts.RecordedRollouts is string folder
            ? new RecordedRollouts(folder, _parts, taker) : new RolloutCollector(policy, _parts, _options, taker);
        return _replay is null ? source : new ReplayingSource(source, _replay, new RolloutMaker(_parts), _options.Seed);
    }

    private async Task<Rollout> SampleAsync(Dictionary<string, double> sampled, CancellationToken cancellationToken)
    {
        Rollout rollout = await _source.CollectAsync(_state.Rollouts, _state.Position, cancellationToken);
        foreach (IGrpoObserver observer in _parts.Observers.OfType<IGrpoObserver>())
        {
            observer.OnRollout(rollout);
        }

        foreach ((string name, double value) in RolloutMetrics.Of(rollout, _source, _options))
        {
            sampled[name] = value;
        }

        _state.Take(rollout);
        _kept.Rollout = rollout;
        return rollout;
    }

    // Prompts that were left out or dropped were gone through too: on average so many to a sampling.
    private double EpochsDone()
    {
        int asked = _options.PromptsPerStep * _options.StepsPerGeneration;
        long samplings = _state.Rollouts + (_state.StepInRollout > 0 ? 1 : 0);
        double taken = samplings == 0 ? 1 : (double)_state.Position / (samplings * asked);
        return _state.Step * taken * _options.PromptsPerStep / _options.Iterations / _parts.Prompts.Count;
    }

    // What a checkpoint holds changes in one go, so that whatever throws after it finds it consistent.
    private void Advance(GrpoStepResult result, int stepsOfRollout)
    {
        _state.Step++;
        _state.SkippedSteps += result.IsSkipped ? 1 : 0;
        _state.Entropy = _update.Entropy?.State;
        _mixer?.MixIfDue(_state.Step);
        if (++_state.StepInRollout == stepsOfRollout)
        {
            _state.Rollouts++;
            _state.StepInRollout = 0;
            _kept.Rollout = null;
        }
    }

    // A run that goes on starts from the weights that the first part started from: only so is the cloned reference the
    // same.
    private string ReferenceOf(IVisionLanguagePolicy policy) =>
        _ownReference is null ? "none of its own" : WeightDigest.Of(policy);

    // A sampling's own measurements stand with the first step that it feeds.
    private Dictionary<string, double> Measure(
        GrpoStepResult result, Rollout rollout, double seconds, Dictionary<string, double> sampled)
    {
        Dictionary<string, double> values = new(sampled)
        {
            [TrainingMetricNames.Loss] = result.Loss,
            [TrainingMetricNames.GradientNorm] = result.GradientNorm,
            [TrainingMetricNames.LearningRate] = result.LearningRate,
            [TrainingMetricNames.Epoch] = EpochsDone(),
            [TrainingMetricNames.StepSeconds] = seconds,
        };
        foreach ((string name, double value) in result.LossMetrics)
        {
            values[name] = value;
        }

        if (_update.Entropy is not null)
        {
            values[TrainingMetricNames.EntropyCoefficient] = _update.Entropy.Coefficient;
        }

        if (sampled.Count > 0)
        {
            values[TrainingMetricNames.UpdateSeconds] = seconds - _source.SampleSeconds - _source.RewardSeconds;
            values[TrainingMetricNames.TokensPerSecond] = rollout.SampledTokenCount / seconds;
        }

        return values;
    }
}
