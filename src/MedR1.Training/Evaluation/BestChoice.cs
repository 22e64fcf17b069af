namespace MedR1.Training;

/// <summary>Chooses the best checkpoint: checks that its metric is reported, and tracks the best value so far.</summary>
internal sealed class BestChoice(TrainerOptions options, RunState state)
{
    private bool IsKnown => state.KnowsBest || state.BestValue is not null;

    /// <summary>Called before the first step of a call to <c>RunAsync</c>; forgets the best value of a different metric.</summary>
    public void Begin()
    {
        if (options.BestMetric is not string metric)
        {
            return;
        }

        string chosenBy = $"{metric}, {(options.BestIsLowest ? "lowest" : "highest")}";
        if (state.BestIsOf is not null && state.BestIsOf != chosenBy)
        {
            (state.BestValue, state.BestStep, state.KnowsBest, state.EvaluationsWithoutBestMetric) = (null, null, false, 0);
            (state.ValuesSinceBest, state.LastValueStep) = (0, null);
        }

        state.BestIsOf = chosenBy;
    }

    /// <summary>
    /// Checks that an evaluation reports the metric. The first evaluation reveals a wrong name before hours of training that would choose
    /// no best checkpoint.
    /// </summary>
    /// <exception cref="InvalidOperationException">The first evaluation does not report the metric.</exception>
    public void RequireOfEvaluation(Dictionary<string, double> values)
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

        if (!IsKnown)
        {
            throw Missing("evaluation", best, values.Keys.Where(TrainingMetricNames.IsEvaluation));
        }

        values[TrainingMetricNames.EvaluationsWithoutBestMetric] = ++state.EvaluationsWithoutBestMetric;
    }

    /// <summary>Checks that the first step that measures everything reports the metric, if it comes from training itself.</summary>
    /// <exception cref="InvalidOperationException">The step does not report the metric.</exception>
    public void RequireOfStep(Dictionary<string, double> values)
    {
        if (options.BestMetric is not string best || TrainingMetricNames.IsEvaluation(best) || IsKnown)
        {
            return;
        }

        if (values.ContainsKey(best))
        {
            state.KnowsBest = true;
        }
        else if (MeasuresEverything(values) && !TrainingMetricNames.MayBeMissing(best, options is RolloutTrainerOptions))
        {
            throw Missing("step", best, values.Keys);
        }
    }

    /// <summary>Whether so many values were no new best that the run ends early.</summary>
    public bool IsPatienceExhausted => state.ValuesSinceBest >= options.Patience;

    /// <summary>Records the step as the best if its value is the best so far. A second call for the same step changes nothing.</summary>
    public void Choose(Dictionary<string, double> values)
    {
        if (options.BestMetric is not string name || !values.TryGetValue(name, out double value)
            || !double.IsFinite(value) || state.LastValueStep == state.Step)
        {
            return;
        }

        state.LastValueStep = state.Step;

        if (state.BestValue is not double best || (options.BestIsLowest ? value < best : value > best))
        {
            (state.BestValue, state.BestStep, state.ValuesSinceBest) = (value, state.Step, 0);
        }
        else
        {
            state.ValuesSinceBest++;
        }
    }

    // Not true of a skipped step; in a run that samples, true only of the first step of a rollout whose groups differ in reward.
    private bool MeasuresEverything(Dictionary<string, double> values) =>
        double.IsFinite(values[TrainingMetricNames.Loss]) && double.IsFinite(values[TrainingMetricNames.GradientNorm])
        && double.IsFinite(values.GetValueOrDefault(TrainingMetricNames.CriticGradientNorm))
        && (options is not RolloutTrainerOptions
            || (values.ContainsKey(TrainingMetricNames.Reward)
                && values.GetValueOrDefault(TrainingMetricNames.ZeroStandardDeviationFraction) < 1));

    private static InvalidOperationException Missing(string where, string best, IEnumerable<string> names)
    {
        string[] measured = [.. names.Order(StringComparer.Ordinal)];
        string later = where == "evaluation"
            ? " If the name is right but there is no value yet, report NaN; later evaluations may omit it." : "";
        return new InvalidOperationException(
            $"BestMetric is '{best}', but the first {where} measured {(measured.Length > 0 ? string.Join(", ", measured) : "nothing")}: "
            + $".Configure(options => options.BestMetric = …).{later}");
    }
}
