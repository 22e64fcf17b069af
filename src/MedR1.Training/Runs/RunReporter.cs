namespace MedR1.Training;

/// <summary>
/// The work of every trainer around its steps: evaluates, writes metrics, notifies observers, saves checkpoints. One instance per call of a
/// run.
/// </summary>
internal sealed class RunReporter(
    string trainer, RunState state, int totalSteps, TrainerOptions options, MetricDispatcher dispatcher,
    EvaluationRunner evaluations, CheckpointStore checkpoints, IReadOnlyList<ITrainingObserver> observers, RunGate gate)
{
    private readonly RunLog _log = new(dispatcher, state, totalSteps, options);
    private readonly RunRescue _rescue = new(state, totalSteps, checkpoints);
    private readonly BestChoice _best = new(options, state);
    private bool _isSaving;

    /// <summary>Whether the run makes no further step.</summary>
    public bool IsOver => state.Step >= totalSteps || state.EndsEarly;

    /// <summary>Makes the steps of a call, with the work before and after them.</summary>
    /// <param name="makeSteps">Makes the steps; each ends with <see cref="EndStepAsync"/>.</param>
    /// <param name="cancellationToken">The only token that cancels the run: any other cancellation within it is a failure.</param>
    /// <exception cref="TimeoutException">An operation within the run was cancelled, but not the run itself.</exception>
    public async Task<TrainingReport> RunAsync(Func<Task> makeSteps, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cancellationToken);
            _rescue.HasStarted = true;
            await makeSteps();
            return End();
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            TimeoutException failure = ForeignCancellation.Explain(exception);
            _rescue.Save(failure, isOfSaving: false);
            throw failure;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _rescue.Save(exception, _isSaving);
            throw;
        }
        finally
        {
            NotifyOfStop();
            checkpoints.End();
        }
    }

    // Runs before the first step of the call, and first completes the step that the last call left unfinished.
    private async Task StartAsync(CancellationToken cancellationToken)
    {
        RequireWhole();
        checkpoints.Begin(state);
        _best.Begin();
        state.EndsEarly = _best.IsPatienceExhausted && state.Step < totalSteps;
        dispatcher.Begin(state.Step);
        Notify(observer => observer.OnStart(new TrainingStart(trainer, state.Step, totalSteps)));
        if (state.Unfinished is EndOfStep end)
        {
            await FinishAsync(end, cancellationToken);
        }

        await evaluations.RunAtStartAsync(_log, state, cancellationToken);
    }

    // For example, if memory ran out while the reference was mixed: the step is counted, but the work that belongs to it is incomplete.
    private void RequireWhole()
    {
        if (!state.IsWhole)
        {
            throw new InvalidOperationException(
                $"The last run failed while finishing step {state.Step}: the parameters were updated, but the reference or the "
                + "position in the rollout may not be. Build a new policy and trainer, and resume from the last checkpoint: "
                + ".ResumeFrom(…).");
        }
    }

    /// <summary>Completes a step that the state has counted.</summary>
    /// <param name="values">The step's metrics; those of an evaluation are added.</param>
    /// <param name="cancellationToken">Cancels evaluation, sinks and saving.</param>
    public async Task EndStepAsync(Dictionary<string, double> values, CancellationToken cancellationToken)
    {
        state.Unfinished = new EndOfStep(values);
        await FinishAsync(state.Unfinished, cancellationToken);
        if (!IsOver)
        {
            gate.RequireOpen();
        }
    }

    private TrainingReport End()
    {
        TrainingReport report = _log.Report(checkpoints.Last, checkpoints.BestOf(state));
        Notify(observer => observer.OnEnd(report));
        return report;
    }

    private async Task FinishAsync(EndOfStep end, CancellationToken cancellationToken)
    {
        await MeasureAsync(end, cancellationToken);
        _isSaving = true;
        string? saved = checkpoints.SaveIfDue(state, cancellationToken);
        _isSaving = false;
        if (saved is not null)
        {
            Notify(observer => observer.OnCheckpoint(state.Step, saved));
        }

        state.Unfinished = null;
    }

    private async Task MeasureAsync(EndOfStep end, CancellationToken cancellationToken)
    {
        if (!end.IsEvaluated)
        {
            await evaluations.RunIfDueAsync(state, totalSteps, end.Values, cancellationToken);
            end.IsEvaluated = true;
        }

        await JudgeAsync(end, cancellationToken);
        if (!end.IsWritten)
        {
            await _log.WriteAsync(end.Values, cancellationToken);
            end.IsWritten = true;
        }

        if (!end.IsTold)
        {
            end.IsTold = true;
            Notify(observer => observer.OnStep(new StepMetrics(state.Step, end.Values)));
        }
    }

    // Once per step, even if its end is repeated: the user's conditions may count their calls. A step that ends the run is evaluated.
    private async Task JudgeAsync(EndOfStep end, CancellationToken cancellationToken)
    {
        _log.Complete(end.Values);
        end.EndsEarly ??= state.Step < totalSteps && (_best.IsPatienceExhausted || IsAskedToStop(end.Values));
        state.EndsEarly = end.EndsEarly.Value;
        if (state.EndsEarly && !end.Values.ContainsKey(TrainingMetricNames.EvaluationSeconds))
        {
            await evaluations.RunIfDueAsync(state, totalSteps, end.Values, cancellationToken);
            _log.Complete(end.Values);
        }
    }

    private bool IsAskedToStop(Dictionary<string, double> values) => options.StopConditions.Any(
        condition => UserCode.Call(() => condition(new StepMetrics(state.Step, values)), "A condition of StopWhen"));

    private void NotifyOfStop()
    {
        foreach (ITrainingObserver observer in observers)
        {
            try
            {
                UserCode.Tell<ITrainingObserver>([observer], one => one.OnStop());
            }
            catch (Exception)
            {
                // The exception that ended the run matters more, and the other observers must be notified too.
            }
        }
    }

    private void Notify(Action<ITrainingObserver> call) => UserCode.Tell(observers, call);
}
