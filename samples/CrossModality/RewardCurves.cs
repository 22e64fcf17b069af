using System.Text.Json;
using MedR1.Evaluation;
using MedR1.Evaluation.Reports;
using MedR1.Training;

namespace MedR1.Samples.CrossModality;

/// <summary>The rewards of the trainings over their steps.</summary>
internal sealed class RewardCurves(CellStore store, ProtocolSettings settings, ReportOrigin model)
{
    public IEnumerable<LineChart> Of(DomainFamily family)
    {
        ChartSeries[] series =
        [
            .. family.Domains.Select(domain => new ChartSeries(
                    DomainLabels.Short(domain.Name), Points(store.MetricsFile(family.Grouping, DomainTrainer.Grpo, domain.Name))))
                .Where(line => line.Points.Count > 0),
        ];
        if (series.Length > 0)
        {
            yield return new LineChart
            {
                Title = $"GRPO: mean reward of the training answers, one line per {family.Grouping}",
                XLabel = "optimizer step",
                YLabel = "mean reward per answer",
                Series = series,
                Caption = ["Each point is the mean over the answers of one step.", Origin(family).Caption(RewardName)],
            };
        }
    }

    private string RewardName => FormattableString.Invariant(
        $"{settings.Style.Accuracy.Name} + {settings.Style.FormatWeight} × format reward");

    private ReportOrigin Origin(DomainFamily family) => model with
    {
        Dataset = $"{family.Domains.Sum(domain => domain.Train.Count)} training questions",
        DataHash = ContentHash.OfExamples(family.Domains.SelectMany(domain => domain.Train)),
        Prompt = settings.Style.TrainingPrompt.Name,
    };

    // A resumed training writes the steps after its checkpoint again: the last line of a step counts.
    private static List<(double X, double Y)> Points(string file)
    {
        SortedDictionary<double, double> points = [];
        foreach (string line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            using JsonDocument metrics = JsonDocument.Parse(line);
            if (metrics.RootElement.TryGetProperty(TrainingMetricNames.Reward, out JsonElement reward)
                && reward.ValueKind == JsonValueKind.Number)
            {
                points[metrics.RootElement.GetProperty("step").GetDouble()] = reward.GetDouble();
            }
        }

        return [.. points.Select(point => (point.Key, point.Value))];
    }
}
