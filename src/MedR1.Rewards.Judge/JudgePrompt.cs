using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedR1.Rewards.Judge;

/// <summary>
/// The prompt for judging one completion. The completion is inserted as a JSON string, which its text can't terminate, between
/// lines with a code that does not occur in it. The judge must repeat the code, so that a verdict copied from the completion is not
/// accepted.
/// </summary>
internal sealed record JudgePrompt(string Text, string Code)
{
    private const string Omitted = " […] ";

    // Keeps letters of all scripts readable; quotes, line breaks and control characters are still escaped.
    private static readonly JsonSerializerOptions s_json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };


    public static JudgePrompt For(RewardContext context, JudgeOptions options)
    {
        VqaExample example = context.Example;
        string data = JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["question"] = example.Problem,
                ["reference"] = example.AnswerLetter is string letter ? $"{letter}) {example.Answer}" : example.Answer,
                ["completion"] = Shorten(context.Text, options.MaxCompletionLength),
            },
            s_json);
        string code = CodeFor(data);
        Dictionary<string, string> places = new()
        {
            ["{rubric}"] = options.Rubric,
            ["{code}"] = code,
            ["{data}"] = data,
            ["{minimum}"] = options.MinScore.ToString(CultureInfo.InvariantCulture),
            ["{maximum}"] = options.MaxScore.ToString(CultureInfo.InvariantCulture),
        };
        return new JudgePrompt(Fill(options.Template, places), code);
    }

    /// <summary>
    /// Fills in the placeholders in one pass, so that a placeholder's name within a filled-in text is left unchanged.
    /// </summary>
    private static string Fill(string template, Dictionary<string, string> places)
    {
        StringBuilder text = new();
        for (int at = 0; at < template.Length;)
        {
            string? place = places.Keys.FirstOrDefault(
                name => string.CompareOrdinal(template, at, name, 0, name.Length) == 0);
            text.Append(place is null ? template[at].ToString() : places[place]);
            at += place?.Length ?? 1;
        }

        return text.ToString();
    }

    // The code depends only on the data, so that the same completion gives the same prompt and a caching client works.
    private static string CodeFor(string data)
    {
        for (int salt = 0; ; salt++)
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}:{data}"));
            string code = Convert.ToHexStringLower(hash.AsSpan(0, 8));
            if (!data.Contains(code, StringComparison.OrdinalIgnoreCase))
            {
                return code;
            }
        }
    }

    private static string Shorten(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int head = (most - Omitted.Length) / 2;
        int tail = text.Length - (most - Omitted.Length - head);

        // Does not split a surrogate pair.
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, head), Omitted, text.AsSpan(tail));
    }
}
