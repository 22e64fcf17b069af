namespace MedR1.Evaluation;

/// <summary>Describes for a report how answers were sampled: all settings that change answers and are not the default.</summary>
internal static class SamplingDescription
{
    /// <summary>One answer by greedy decoding, such as <c>greedy, at most 256 tokens</c>.</summary>
    public static string OfGreedy(SamplingOptions options) => $"greedy, at most {options.MaxNewTokens} tokens{Others(options)}";

    /// <summary>Several answers, such as <c>8 answers at temperature 1, at most 256 tokens, top-p 0.9</c>.</summary>
    public static string OfSampled(SamplingOptions options) =>
        $"{options.SamplesPerPrompt} answers at temperature {options.Temperature.ToText()}, "
        + $"at most {options.MaxNewTokens} tokens{Others(options)}";

    private static string Others(SamplingOptions options)
    {
        SamplingOptions usual = new();
        string?[] others =
        [
            options.MinNewTokens == usual.MinNewTokens ? null : $"at least {options.MinNewTokens} tokens",
            options.TopK is int most ? $"top-k {most}" : null,
            options.TopP == usual.TopP ? null : $"top-p {options.TopP.ToText()}",
            options.MinP is double least ? $"min-p {least.ToText()}" : null,
            options.RepetitionPenalty == usual.RepetitionPenalty ? null : $"repetition penalty {options.RepetitionPenalty.ToText()}",
            options.SuppressedTokenIds.Count == 0 ? null : $"without the tokens {string.Join(' ', options.SuppressedTokenIds)}",
            options.EndTokenIds is { } ends ? $"ended by the tokens {string.Join(' ', ends)}" : null,
            options.StopStrings.Count == 0 ? null : $"ended by {string.Join(' ', options.StopStrings.Select(text => $"'{text}'"))}",
        ];
        return string.Concat(others.Where(one => one is not null).Select(one => $", {one}"));
    }
}
