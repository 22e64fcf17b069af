using System.Diagnostics;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Runs the evaluations of a run when they are due.</summary>
internal sealed class EvaluationRunner(
    IVisionLanguagePolicy policy, IReadOnlyList<IEvaluationHook> hooks, TrainerOptions options)
{
    /// <summary>Evaluates before the first step, where the options say so.</summary>
    public async Task RunAtStartAsync(RunLog log, RunState state, CancellationToken cancellationToken)
    {
        if (hooks.Count > 0 && options.EvaluateAtStart && state.Step == 0)
        {
            Dictionary<string, double> values = [];
            await RunAsync(state, values, cancellationToken);
            await log.WriteStartAsync(values, cancellationToken);
        }
    }

    /// <summary>Evaluates after a step, if it is time, and adds what was measured to its values.</summary>
    public async Task RunIfDueAsync(
        RunState state, int totalSteps, Dictionary<string, double> values, CancellationToken cancellationToken)
    {
        bool isDue = state.Step == totalSteps
            || (options.EvaluationInterval > 0 && state.Step % options.EvaluationInterval == 0);
        if (hooks.Count > 0 && isDue)
        {
            await RunAsync(state, values, cancellationToken);
        }
    }

    private async Task RunAsync(RunState state, Dictionary<string, double> values, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (IEvaluationHook hook in hooks)
        {
            foreach ((string name, double value) in await AskAsync(hook, state.Step, cancellationToken))
            {
                values[TrainingMetricNames.Evaluation(name)] = value;
            }
        }

        LookForBest(state, values);
        values[TrainingMetricNames.EvaluationSeconds] = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // A name that is wrong is found by the first evaluation, before hours of training that choose no best.
    private void LookForBest(RunState state, Dictionary<string, double> values)
    {
        if (options.BestMetric is not string best || !TrainingMetricNames.IsEvaluation(best))
        {
            return;
        }

        if (values.ContainsKey(best))
        {
            state.KnowsBest = true;
            return;
        }

        if (!state.KnowsBest && state.BestValue is null)
        {
            string[] measured = [.. values.Keys.Where(TrainingMetricNames.IsEvaluation)];
            throw new InvalidOperationException(
                $"BestMetric is '{best}', but the first evaluation measured {(measured.Length > 0 ? string.Join(", ", measured) : "nothing")}: "
                + ".Configure(options => options.BestMetric = …). Where it is right but not known yet, give NaN for it; later "
                + "evaluations may leave it out.");
        }

        values[TrainingMetricNames.EvaluationsWithoutBest] = ++state.EvaluationsWithoutBest;
    }

    private async Task<IReadOnlyDictionary<string, double>> AskAsync(
        IEvaluationHook hook, long step, CancellationToken cancellationToken)
    {
        try
        {
            return await hook.EvaluateAsync(new EvaluationContext(step, policy), cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            string name = hook is DelegateEvaluation named ? $"'{named.Name}'" : hook.GetType().Name;
            ForeignCancellation.Name(exception, $"The evaluation {name} at step {step}");
            throw;
        }
    }
}
