using System.Diagnostics;

namespace MedR1.Training;

/// <summary>
/// The loop of the trainers that learn from their policy's completions: collect a rollout, make its optimizer steps, report each one.
/// </summary>
internal sealed class RolloutLoop(
    string trainer, RolloutTrainerParts parts, RolloutTrainerOptions options, int totalSteps, RunState state,
    IRolloutSource source, IRolloutLearner learner, RolloutCheckpoint kept, EvaluationRunner evaluations,
    CheckpointStore checkpoints)
{
    private readonly MetricDispatcher _dispatcher = new(parts.Sinks);

    /// <summary>Continues to the last step, or until the trainer is disposed.</summary>
    public Task<TrainingReport> RunAsync(RunGate gate, CancellationToken cancellationToken)
    {
        RunReporter reporter = new(
            trainer, state, totalSteps, options, _dispatcher, evaluations, checkpoints, parts.Observers, gate);
        return reporter.RunAsync(() => MakeStepsAsync(reporter, cancellationToken), cancellationToken);
    }

    private async Task MakeStepsAsync(RunReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            while (!reporter.IsOver)
            {
                await MakeStepsOfRolloutAsync(reporter, cancellationToken);
            }
        }
        finally
        {
            await source.WaitForPrefetchAsync();
        }
    }

    private async Task MakeStepsOfRolloutAsync(RunReporter reporter, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        double secondsBefore = RolloutSeconds(state.Sampled);
        Rollout rollout = kept.Rollout ?? await SampleAsync(cancellationToken);
        IReadOnlyList<PlannedStep> plan = PlannedRows.Of(parts.Planner, rollout, options);
        rollout.StepCount = Math.Max(plan.Count, options.StepsPerGeneration);
        learner.Prepare(rollout, plan, state.Sampled ?? [], cancellationToken);
        if (state.Step + plan.Count * options.Iterations - state.StepInRollout < totalSteps)
        {
            source.Prefetch(state.Position, cancellationToken);
        }

        while (!reporter.IsOver && kept.Rollout is not null)
        {
            PolicyStepResult result = learner.Learn(
                rollout, plan[state.StepInRollout % plan.Count], state.Step + 1, cancellationToken);
            Dictionary<string, double> sampled = state.Sampled ?? [];
            Advance(result, plan.Count * options.Iterations);
            double seconds = secondsBefore + Stopwatch.GetElapsedTime(start).TotalSeconds;
            await reporter.EndStepAsync(Measure(result, rollout, seconds, sampled), cancellationToken);
            (start, secondsBefore) = (Stopwatch.GetTimestamp(), 0);
        }
    }

    private async Task<Rollout> SampleAsync(CancellationToken cancellationToken)
    {
        Rollout rollout = await source.CollectAsync(state.Rollouts, state.Position, cancellationToken);
        ThrowIfNoRewardWorks(rollout);
        UserCode.Tell<IRolloutObserver>(parts.Observers, observer => observer.OnRollout(rollout));
        Dictionary<string, double> sampled = RolloutMetrics.Of(rollout, source, options);
        learner.Measure(rollout, sampled);
        state.Take(rollout);
        state.Sampled = sampled;
        kept.Rollout = rollout;
        return rollout;
    }

    // Later on, a service that a reward uses may be unavailable for a while; at the start, a failure of all rewards is a mistake.
    private void ThrowIfNoRewardWorks(Rollout rollout)
    {
        if (state.Rollouts == 0 && rollout.Failures is [RewardFailure first, ..]
            && rollout.Groups.All(group => group.Scores!.All(score => score.Total is null)))
        {
            throw RewardFailureException.OfAll(
                first, rollout.CompletionCount, rollout.Members.Sum(member => member.FailedCompletions));
        }
    }

    // Skipped and dropped prompts also count as passed over: the average number of prompts taken per rollout is used.
    private double EpochsDone()
    {
        int asked = options.PromptsPerStep * options.StepsPerGeneration;
        long rollouts = state.Rollouts + (state.StepInRollout > 0 ? 1 : 0);
        double taken = (double)state.Position / (rollouts * asked);
        return state.Step * taken * options.PromptsPerStep / options.Iterations / parts.Prompts.Count;
    }

    // The state that a checkpoint stores is changed in one go, so that it is consistent if anything afterwards throws.
    private void Advance(PolicyStepResult result, int stepsOfRollout)
    {
        state.IsWhole = false;
        state.Step++;
        state.Sampled = null;
        state.SkippedSteps += result.IsSkipped ? 1 : 0;
        learner.EndStep(state);

        // Beyond it if the run was resumed in the middle of a rollout with a planner that makes fewer steps of it.
        if (++state.StepInRollout >= stepsOfRollout)
        {
            state.Rollouts++;
            state.StepInRollout = 0;
            kept.Rollout = null;
        }

        state.IsWhole = true;
    }

    private static double RolloutSeconds(Dictionary<string, double>? sampled) => sampled is null ? 0
        : sampled.GetValueOrDefault(TrainingMetricNames.SampleSeconds) + sampled.GetValueOrDefault(TrainingMetricNames.RewardSeconds);

    // The rollout's own metrics are reported with the first step that it feeds.
    private Dictionary<string, double> Measure(
        PolicyStepResult result, Rollout rollout, double seconds, Dictionary<string, double> sampled)
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

        if (sampled.Count > 0)
        {
            values[TrainingMetricNames.UpdateSeconds] = seconds - RolloutSeconds(sampled);
            values[TrainingMetricNames.TokensPerSecond] = rollout.SampledTokenCount / seconds;
        }

        return values;
    }
}
