using System.Diagnostics;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Runs the evaluations of a run when they are due.</summary>
internal sealed class EvaluationRunner(
    IVisionLanguagePolicy policy, IReadOnlyList<IEvaluationHook> hooks, TrainerOptions options)
{
    /// <summary>Evaluates before the first step, if the options require it.</summary>
    public async Task RunAtStartAsync(RunLog log, RunState state, CancellationToken cancellationToken)
    {
        if (options.EvaluateAtStart && state.Step == 0)
        {
            Dictionary<string, double> values = [];
            await RunAsync(state, values, cancellationToken);
            await log.WriteStartAsync(values, cancellationToken);
        }
    }

    /// <summary>Evaluates after a step, if due, and adds the results to the step's values.</summary>
    public async Task RunIfDueAsync(
        RunState state, int totalSteps, Dictionary<string, double> values, CancellationToken cancellationToken)
    {
        bool isDue = state.Step == totalSteps || state.EndsEarly
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

        new BestChoice(options, state).RequireOfEvaluation(values);
        values[TrainingMetricNames.EvaluationSeconds] = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task<IReadOnlyDictionary<string, double>> AskAsync(
        IEvaluationHook hook, long step, CancellationToken cancellationToken)
    {
        string name = hook is DelegateEvaluation named ? $"'{named.Name}'" : hook.GetType().Name;
        string what = $"The evaluation {name} at step {step}";
        using IDisposable? blocking = TrainingThread.AllowBlocking();
        try
        {
            // A user's hook may return null although its type says that it doesn't.
            return await hook.EvaluateAsync(new EvaluationContext(step, policy), cancellationToken)
                ?? throw new InvalidOperationException($"{what} returned null; return an empty dictionary if there is nothing to report.");
        }
        catch (OperationCanceledException exception)
        {
            ForeignCancellation.Name(exception, what);
            throw;
        }
    }
}
