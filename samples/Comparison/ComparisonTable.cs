using System.Globalization;
using System.Text;

namespace MedR1.Samples.Comparison;

/// <summary>Writes the run as Markdown: what each method reached, and its cost.</summary>
internal sealed class ComparisonTable(ComparisonSettings settings, IReadOnlyList<MethodSummary> summaries)
{
    private const double Gibibyte = 1 << 30;
    private const double Mebibyte = 1 << 20;
    private readonly StringBuilder _text = new();

    public string ToMarkdown()
    {
        Cell any = summaries[0].Cells[0];
        int seeds = summaries.Max(summary => summary.Cells.Count);
        Line($"# Comparison of methods");
        Line($"");
        Line($"{any.TestQuestions} held-out questions of real-mini, greedy answers, rule `{QuickStartPrompt.Rule.Name}` (the text in the first answer");
        Line($"tags equals the right option's, character for character). Every method starts from the same base and makes {settings.Steps} optimizer steps with a");
        Line($"peak learning rate of {ComparisonSettings.LearningRate}. A step has {ComparisonSettings.PromptsPerStep} questions; GRPO and PPO sample {ComparisonSettings.GroupSize} answers to each.");
        Line($"Mean over {(seeds == 1 ? "1 seed" : $"{seeds} seeds")}, 95 % interval by Student's t over seeds.");
        Line($"");
        Header("method", "accuracy", "95 % interval", "gain over zero-shot", "seeds", "answers in the required format");
        Row("chance", Percent(any.Chance), "", "", "", "");
        Row("blind option prior", Percent(any.BlindPrior), "", "", "", "");
        foreach (MethodSummary summary in summaries)
        {
            Row(
                summary.Method.Title, Percent(summary.Accuracy), Interval(summary), Gain(summary), $"{summary.Cells.Count}",
                Percent(summary.FormFraction));
        }

        AddCosts();
        AddCritic();
        AddCautions();
        return _text.ToString();
    }

    private void AddCosts()
    {
        MethodSummary[] trained = [.. summaries.Where(summary => summary.Method.Trains)];
        if (trained.Length == 0)
        {
            return;
        }

        Line($"");
        Line($"## Cost per step");
        Line($"");
        Header(
            "method", "seconds per step", "sampling", "the rest", "peak memory, GiB", "trained weights",
            "optimizer state, MiB", "training, seconds");
        foreach (MethodSummary summary in trained)
        {
            string Mean(string format, Func<Cost, double> cost) =>
                summary.MeanCost(cost)!.Value.ToString(format, CultureInfo.InvariantCulture);
            Row(
                summary.Method.Title, Mean("F2", cost => cost.StepSeconds), Mean("F2", cost => cost.SampleSeconds),
                Mean("F2", cost => cost.StepSeconds - cost.SampleSeconds), Mean("F2", cost => cost.PeakMemoryBytes / Gibibyte),
                Mean("N0", cost => cost.LearningWeights), Mean("F1", cost => cost.OptimizerBytes / Mebibyte),
                Mean("F0", cost => cost.TrainingSeconds));
        }

        Line($"");
        Line($"Each training ran in its own process; peak memory is that process's, including runtime, data and images, and");
        Line($"seconds per step are medians. Both depend on the machine and its other load: compare only within the table.");
    }

    private void AddCritic()
    {
        MethodSummary? grpo = summaries.FirstOrDefault(summary => summary.Method == Method.Grpo);
        MethodSummary? ppo = summaries.FirstOrDefault(summary => summary.Method == Method.Ppo);
        if (grpo is null || ppo is null)
        {
            return;
        }

        double Ratio(Func<Cost, double> cost) => ppo.MeanCost(cost)!.Value / grpo.MeanCost(cost)!.Value;
        Line($"");
        Line($"PPO compared with GRPO: {Ratio(cost => cost.LearningWeights):F2} × the trained weights and the optimizer state, {Ratio(cost => cost.PeakMemoryBytes):F2} × the peak memory,");
        Line($"{Ratio(cost => cost.StepSeconds):F2} × the seconds per step, {Ratio(cost => cost.StepSeconds - cost.SampleSeconds):F2} × without sampling, which is the same for both. GRPO leaves");
        Line($"answers whose group agrees out of its update; PPO doesn't compare within groups and can't.");
        if (ppo.ExplainedVariance is double share)
        {
            Line($"At the end PPO's critic explained {Percent(share)} of the variance of the returns.");
        }
    }

    private void AddCautions()
    {
        if (summaries.FirstOrDefault(summary => summary.Method.Thinks) is MethodSummary think)
        {
            Line($"");
            Line($"The base can't think. Before GRPO it was taught the format by a cold start of {ColdStart.StepsBefore(settings.Steps)} additional supervised steps: a thought that names the kind of image");
            Line($"and of question, and then the answer that it gives without one. At the end {Percent(think.FormFraction)} of the answers had the format. What such a small");
            Line($"model gains or loses by a sentence before its answer says nothing about thinking in a large one.");
        }

        if (settings.Seeds < 3)
        {
            Line($"");
            Line($"Fewer than three seeds: differences between rows can be due to chance.");
        }
    }

    private string Gain(MethodSummary summary) =>
        summary.Method.Trains && summaries.FirstOrDefault(other => other.Method == Method.ZeroShot) is MethodSummary start
            ? string.Create(CultureInfo.InvariantCulture, $"{(summary.Accuracy - start.Accuracy) * 100:+0.0;-0.0} points") : "";

    private static string Interval(MethodSummary summary) => summary.HalfWidth is double half
        ? string.Create(CultureInfo.InvariantCulture, $"{(summary.Accuracy - half) * 100:F1} to {(summary.Accuracy + half) * 100:F1}") : "";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F1} %");

    private void Header(params string[] names)
    {
        Row(names);
        Line($"|{string.Concat(names.Select((_, column) => column == 0 ? "---|" : "---:|"))}");
    }

    private void Row(params string[] cells) => Line($"| {string.Join(" | ", cells)} |");

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
