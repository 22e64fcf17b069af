using System.Globalization;
using System.Text.Json;

namespace MedR1.Rewards.Judge;

/// <summary>
/// Reads a verdict: one JSON object with code, score and reason, alone or in one code fence, and nothing else.
/// </summary>
internal static class VerdictReader
{
    public static JudgeVerdict Read(string answer, string code, JudgeOptions options, int attempt)
    {
        JudgeVerdict Abstain(JudgeAbstention why, string reason) => new(null, reason, why, attempt);
        string start = answer.Length > 200 ? answer[..200] + "…" : answer;
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                Unfence(answer), new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            bool isVerdict = root.ValueKind == JsonValueKind.Object
                && root.EnumerateObject().All(property => property.Name is "code" or "score" or "reason")
                && root.TryGetProperty("score", out JsonElement score) && score.ValueKind == JsonValueKind.Number
                && (!root.TryGetProperty("reason", out JsonElement text) || text.ValueKind == JsonValueKind.String);
            if (!isVerdict)
            {
                return Abstain(
                    JudgeAbstention.UnreadableVerdict,
                    $"The verdict must be an object with code, score (a number) and reason; it is: {start}");
            }

            if (!root.TryGetProperty("code", out JsonElement given) || given.ValueKind != JsonValueKind.String
                || given.GetString() != code)
            {
                return Abstain(JudgeAbstention.CodeMismatch, $"The verdict does not repeat the code {code}: {start}");
            }

            double value = root.GetProperty("score").GetDouble();
            if (!(value >= options.MinScore && value <= options.MaxScore))
            {
                return Abstain(
                    JudgeAbstention.ScoreOutOfRange,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The score is {value}, expected {options.MinScore} to {options.MaxScore}."));
            }

            string reason = root.TryGetProperty("reason", out JsonElement why) ? why.GetString() ?? "" : "";
            return new JudgeVerdict(
                (value - options.MinScore) / (options.MaxScore - options.MinScore),
                reason,
                JudgeAbstention.None,
                attempt);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair, as in "\ud83d", is valid JSON but no text.
            return Abstain(JudgeAbstention.UnreadableVerdict, $"The verdict is not valid JSON ({exception.Message}): {start}");
        }
    }

    private static string Unfence(string answer)
    {
        string text = answer.Trim();
        bool isFenced = text.StartsWith("```", StringComparison.Ordinal)
            && text.EndsWith("```", StringComparison.Ordinal)
            && text.Length >= 6 && text.Contains('\n');
        return isFenced ? text[(text.IndexOf('\n') + 1)..^3] : text;
    }
}
