namespace MedR1.Training;

/// <summary>What chooses the best checkpoint: that it is measured at all, and which of its values is the best so far.</summary>
internal sealed class BestChoice(TrainerOptions options, RunState state)
{
    private bool IsKnown => state.KnowsBest || state.BestValue is not null;

    /// <summary>Before the first step of a call: values of something else can't be compared.</summary>
    public void Begin()
    {
        if (options.BestMetric is not string metric)
        {
            return;
        }

        string chosenBy = $"{metric}, {(options.BestIsLowest ? "lowest" : "highest")}";
        if (state.BestIsOf is not null && state.BestIsOf != chosenBy)
        {
            (state.BestValue, state.BestStep, state.KnowsBest, state.EvaluationsWithoutBest) = (null, null, false, 0);
        }

        state.BestIsOf = chosenBy;
    }

    /// <summary>
    /// Looks for it in an evaluation. A name that is wrong is found by the first, before hours of training that choose no best.
    /// </summary>
    /// <exception cref="InvalidOperationException">The first evaluation does not measure it.</exception>
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

        values[TrainingMetricNames.EvaluationsWithoutBest] = ++state.EvaluationsWithoutBest;
    }

    /// <summary>Looks for what the training itself measures in the first step that measures everything.</summary>
    /// <exception cref="InvalidOperationException">The step does not measure it.</exception>
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

    /// <summary>Makes the step the best where its value is.</summary>
    public void Choose(Dictionary<string, double> values)
    {
        if (options.BestMetric is not string name || !values.TryGetValue(name, out double value)
            || !double.IsFinite(value))
        {
            return;
        }

        if (state.BestValue is not double best || (options.BestIsLowest ? value < best : value > best))
        {
            (state.BestValue, state.BestStep) = (value, state.Step);
        }
    }

    // Not where it was left out; of a run that samples the first step of a sampling from which something is learnt.
    private bool MeasuresEverything(Dictionary<string, double> values) =>
        double.IsFinite(values[TrainingMetricNames.Loss]) && double.IsFinite(values[TrainingMetricNames.GradientNorm])
        && double.IsFinite(values.GetValueOrDefault(TrainingMetricNames.CriticGradientNorm))
        && (options is not RolloutTrainerOptions
            || (values.ContainsKey(TrainingMetricNames.Reward)
                && values.GetValueOrDefault(TrainingMetricNames.ZeroDeviationShare) < 1));

    private static InvalidOperationException Missing(string where, string best, IEnumerable<string> names)
    {
        string[] measured = [.. names.Order(StringComparer.Ordinal)];
        string later = where == "evaluation"
            ? " Where it is right but not known yet, give NaN for it; later evaluations may leave it out." : "";
        return new InvalidOperationException(
            $"BestMetric is '{best}', but the first {where} measured {(measured.Length > 0 ? string.Join(", ", measured) : "nothing")}: "
            + $".Configure(options => options.BestMetric = …).{later}");
    }
}
