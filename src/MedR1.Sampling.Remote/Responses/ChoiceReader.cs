using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Reads one completion from an answer.</summary>
internal sealed class ChoiceReader(
    ServerAnswer answer, int index, SamplingOptions sampling, RemoteSamplerOptions options)
{
    // SGLang's finish reason of a completion whose logits are NaN.
    private const string NotNumbers = "NaN happened";

    /// <summary>Reads a choice.</summary>
    public Completion Read(JsonElement? choice)
    {
        JsonElement? message = choice.Member("message");
        string written = message.Member("content").Text() ?? "";
        foreach (string name in (string[])["reasoning_content", "reasoning"])
        {
            if (!string.IsNullOrEmpty(message.Member(name).Text()))
            {
                throw Fail($"has its reasoning separately in {name}, so its text doesn't match its tokens; "
                    + "start the server without a reasoning parser");
            }
        }

        ChoiceTokens tokens = new ChoiceTokenReader(answer, index, options).Read(choice, written);
        LogProbabilityUse use = LogProbabilityUse.Of(sampling, options.LogProbabilities);
        string text = options.Tokenize is null ? written : WithoutControlTokens(written);
        Completion completion = new()
        {
            Text = text,
            TokenIds = tokens.Ids,
            StopReason = ReadStopReason(choice, text, tokens),
            LogProbabilities = use.ArePlain ? tokens.LogProbabilities : [],
            ProcessedLogProbabilities = use.AreProcessed ? tokens.LogProbabilities : [],
            SampleIndex = index,
        };
        return tokens.AreSampled && IgnoredOptions.FirstIn(completion, sampling) is string ignored ? throw Fail(ignored) : completion;
    }

    private StopReason ReadStopReason(JsonElement? choice, string text, ChoiceTokens tokens) =>
        choice.Member("finish_reason").Text() switch
    {
        "stop" when tokens.AreSampled && IsCutOff(choice, tokens.Ids) => StopReason.Length,
        "stop" => HasStopString(choice, text, tokens.Ids) ? StopReason.StopString : StopReason.EndToken,
        "length" => StopReason.Length,
        string other => throw Fail($"has the finish_reason '{other}', which is neither stop nor length"),
        null => throw Fail("has no finish_reason"),
    };

    // ik_llama.cpp also reports stop for a completion that has reached the maximum number of tokens.
    private bool IsCutOff(JsonElement? choice, IReadOnlyList<int> ids) =>
        choice.Member("matched_stop") is null && choice.Member("stop_reason") is null
        && ids.Count == sampling.MaxNewTokens && sampling.EndTokenIds?.Contains(ids[^1]) != true;

    // SGLang reports in matched_stop what ended a completion, vLLM in stop_reason: a stop string, a token's id, or null. For servers that
    // report neither, the text decides. Its end alone would not suffice: SGLang returns the whole last token, including what follows the
    // stop string. A text without any stop string may have lost it: llama.cpp and others cut it off regardless of the request.
    private bool HasStopString(JsonElement? choice, string text, IReadOnlyList<int> ids)
    {
        JsonElement? reason = choice.Member("matched_stop") ?? choice.Member("stop_reason");
        if (reason.Text() == NotNumbers && !sampling.StopStrings.Contains(NotNumbers))
        {
            throw Fail($"ended by '{NotNumbers}': the server computed an invalid token");
        }

        if (reason is not null)
        {
            return reason.Text() is string said && sampling.StopStrings.Contains(said);
        }

        bool isInText = sampling.StopStrings.Any(stop => text.Contains(stop, StringComparison.Ordinal));
        bool isEndToken = ids is [.., int last] && sampling.EndTokenIds?.Contains(last) == true;
        return isInText || isEndToken || sampling.StopStrings.Count == 0
            ? isInText
            : throw Fail("ended without any of the StopStrings in its text, and the server does not say what ended it: it may have "
                + "cut the string off, as llama.cpp does, or a proxy has dropped a stop_reason of null. Use a server that leaves it in the text (vLLM, SGLang) or no "
                + "StopStrings; if only end tokens end completions, list them in EndTokenIds");
    }

    private string WithoutControlTokens(string text)
    {
        while (options.ControlTokenTexts.FirstOrDefault(EndsText) is string found)
        {
            text = text[..^found.Length];
        }

        return text;

        bool EndsText(string end) => text.EndsWith(end, StringComparison.Ordinal);
    }

    private RemoteSamplingException Fail(string problem) => answer.Fail($"choice {index} {problem}.");
}
