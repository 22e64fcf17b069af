using System.Globalization;
using System.Net;
using System.Text;

namespace MedR1.Training;

/// <summary>Writes the outcome of a run as one self-contained HTML file: no scripts, no other files.</summary>
public static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.45 system-ui,sans-serif;max-width:1320px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
        h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}.charts{display:flex;flex-wrap:wrap;gap:12px}
        svg{width:420px;max-width:100%;border:1px solid #ddd;border-radius:4px}.axis{fill:none;stroke:#999}
        .line{fill:none;stroke:#1f5fa8;stroke-width:1.6}.dot{fill:#1f5fa8}.tick{font-size:10px;fill:#666}.name{font-size:12px;fill:#222}
        table{border-collapse:collapse}td,th{border:1px solid #ddd;padding:3px 8px;text-align:left;vertical-align:top}
        td.number{text-align:right;font-variant-numeric:tabular-nums}td.text{white-space:pre-wrap;max-width:520px}
        .wide{overflow-x:auto}
        """;

    /// <summary>Writes the file; an existing one is replaced once the new one is complete.</summary>
    /// <param name="path">The HTML file; its folder is created if missing.</param>
    /// <param name="content">What to show.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Save(string path, HtmlReportContent content)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(content);
        StringBuilder page = new();
        page.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Encode(content.Title)}</title><style>{Style}</style>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(content.Title)}</h1>");
        AppendFacts(page, content.Facts);
        AppendCharts(page, content.History);
        AppendLast(page, content.History);
        AppendCompletions(page, content.Completions);
        page.Append("</html>\n");
        WholeFile.Write(path, Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static void AppendFacts(StringBuilder page, IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        page.Append("<div class=\"wide\"><table>");
        foreach ((string name, string value) in facts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Encode(name)}</th><td>{Encode(value)}</td></tr>");
        }

        page.Append("</table></div>");
    }

    private static void AppendCharts(StringBuilder page, IReadOnlyList<StepMetrics> history)
    {
        page.Append("<h2>Curves</h2><p>By optimizer step, from the lowest to the highest value; times are in seconds, lengths in ")
            .Append("tokens.</p><div class=\"charts\">");
        foreach (string name in history.SelectMany(metrics => metrics.Values.Keys).Distinct()
            .Where(name => name is not (TrainingMetricNames.Progress or TrainingMetricNames.SecondsLeft))
            .OrderBy(Rank).ThenBy(name => name, StringComparer.Ordinal))
        {
            (long Step, double Value)[] points = [.. history
                .Where(metrics => metrics.Values.TryGetValue(name, out double value) && double.IsFinite(value))
                .Select(metrics => (metrics.Step, metrics.Values[name]))];
            if (points.Length > 0)
            {
                page.Append(SvgChart.Draw(name, points));
            }
        }

        page.Append("</div>");
    }

    // The most informative metrics come first.
    private static int Rank(string name) => name switch
    {
        _ when TrainingMetricNames.IsEvaluation(name) => 0,
        TrainingMetricNames.Reward => 1,
        _ when TrainingMetricNames.IsRewardMean(name) => 2,
        TrainingMetricNames.ZeroStandardDeviationFraction or TrainingMetricNames.MeanLength => 3,
        TrainingMetricNames.Loss or TrainingMetricNames.KlDivergence or TrainingMetricNames.Entropy
            or TrainingMetricNames.GradientNorm => 4,
        _ when TrainingMetricNames.IsTime(name) => 6,
        _ => 5,
    };

    private static void AppendLast(StringBuilder page, IReadOnlyList<StepMetrics> history)
    {
        if (history.Count == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<h2>Step {history[^1].Step}</h2><div class=\"wide\"><table>");
        foreach ((string name, double value) in history[^1].Values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th>{Encode(name)}</th><td class=\"number\">{value:G6}</td></tr>");
        }

        page.Append("</table></div>");
    }

    private static void AppendCompletions(StringBuilder page, IReadOnlyList<CompletionRow> completions)
    {
        if (completions.Count == 0)
        {
            return;
        }

        page.Append("<h2>Completions of the last rollout</h2><div class=\"wide\"><table><tr><th>question</th><th>completion</th>");
        foreach ((string name, _) in completions[0].Rewards)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th>{Encode(name)}</th>");
        }

        bool hasAdvantages = completions.Any(row => row.Advantage is not null);
        page.Append(CultureInfo.InvariantCulture, $"<th>reward</th>{(hasAdvantages ? "<th>advantage</th>" : "")}")
            .Append("<th>tokens</th><th>stop reason</th></tr>");
        foreach (CompletionRow row in completions)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td class=\"text\">{Encode(row.Question)}</td><td class=\"text\">{Encode(row.Completion.Text)}</td>");
            foreach ((_, double? value) in row.Rewards)
            {
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{value:0.###}</td>");
            }

            page.Append(
                CultureInfo.InvariantCulture,
                $"<td class=\"number\">{row.Score.Total:0.###}</td>");
            if (hasAdvantages)
            {
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{row.Advantage:0.###}</td>");
            }

            page.Append(
                CultureInfo.InvariantCulture,
                $"<td class=\"number\">{row.Completion.TokenCount}</td><td>{row.Completion.StopReason}</td></tr>");
        }

        page.Append("</table></div>");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
