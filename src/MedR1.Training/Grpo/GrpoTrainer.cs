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
    private readonly RolloutCollector _collector;
    private readonly ParameterUpdater _updater;
    private readonly IVisionLanguagePolicy? _ownReference;
    private readonly GrpoUpdate _update;
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
        _ownReference = parts.Loss.RequiresReference && parts.Reference is null ? policy.CreateReference() : null;
        _collector = new RolloutCollector(policy, parts, options);
        _updater = new ParameterUpdater(policy, options, TotalSteps);
        _update = new GrpoUpdate(
            policy, parts.Reference ?? _ownReference, parts.Loss, options, _updater, parts.Observers);
        _checkpoints = new CheckpointStore(
            policy, _updater, options, TotalSteps, nameof(GrpoTrainer), parts.Invariants(options, ReferenceOf(policy)));
        _state = resumeFrom is null ? new RunState() : _checkpoints.Load(resumeFrom);
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
        RunLog log = new(_dispatcher, _state, TotalSteps, _options.LogInterval);
        while (_state.Step < TotalSteps)
        {
            long start = Stopwatch.GetTimestamp();
            Rollout rollout = await _collector.CollectAsync(_state.Rollouts, cancellationToken);
            Notify(observer => observer.OnRollout(rollout));
            IReadOnlyList<PlannedStep> plan = _parts.Planner.Plan(rollout, _options);
            Dictionary<string, double> sampled = RolloutMetrics.Of(rollout, _collector, _parts.Rewards);
            if (_options.StepsPerGeneration * _options.Iterations > 1)
            {
                _update.RecordOldLogProbabilities(rollout, plan);
            }

            _state.Take(rollout);
            if (_state.Step + plan.Count * _options.Iterations < TotalSteps)
            {
                _collector.Prefetch(_state.Rollouts + 1, cancellationToken);
            }

            foreach (PlannedStep step in Enumerable.Repeat(plan, _options.Iterations).SelectMany(steps => steps))
            {
                GrpoStepResult result = _update.Run(rollout, step, _state.Step + 1, cancellationToken);
                _state.Step++;
                _state.SkippedSteps += result.IsSkipped ? 1 : 0;
                StepMetrics metrics = await log.WriteAsync(
                    Measure(result, rollout, Stopwatch.GetElapsedTime(start).TotalSeconds, sampled), cancellationToken);
                Notify(observer => observer.OnStep(metrics));
                if (_state.Step == TotalSteps)
                {
                    break;
                }

                start = Stopwatch.GetTimestamp();
                sampled = [];
            }

            _state.Rollouts++;
            _checkpoints.SaveIfDue(_state, cancellationToken);
        }

        return log.Report(_checkpoints.Last);
    }

    // A run that goes on starts from the weights that the first part started from: only so is the cloned reference the
    // same.
    private string ReferenceOf(IVisionLanguagePolicy policy) =>
        _ownReference is null ? "none of its own" : WeightDigest.Of(policy);

    private void Notify(Action<IGrpoObserver> call)
    {
        foreach (IGrpoObserver observer in _parts.Observers)
        {
            call(observer);
        }
    }

    // A sampling's own measurements stand with the first step that it feeds.
    private Dictionary<string, double> Measure(
        GrpoStepResult result, Rollout rollout, double seconds, Dictionary<string, double> sampled)
    {
        Dictionary<string, double> values = new(sampled)
        {
            [TrainingMetricNames.Loss] = result.Loss,
            [TrainingMetricNames.GradientNorm] = result.GradientNorm,
            [TrainingMetricNames.LearningRate] = result.LearningRate,
            [TrainingMetricNames.Epoch] =
                (double)_state.Step * _options.PromptsPerStep / _options.Iterations / _parts.Prompts.Count,
            [TrainingMetricNames.StepSeconds] = seconds,
        };
        foreach ((string name, double value) in result.LossMetrics)
        {
            values[name] = value;
        }

        if (sampled.Count > 0)
        {
            values[TrainingMetricNames.UpdateSeconds] = seconds - _collector.SampleSeconds - _collector.RewardSeconds;
            values[TrainingMetricNames.TokensPerSecond] = rollout.SampledTokenCount / seconds;
        }

        return values;
    }
}
