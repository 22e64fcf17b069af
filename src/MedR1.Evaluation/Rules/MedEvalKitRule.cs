namespace MedR1.Evaluation;

/// <summary>
/// MedEvalKit's rule for multiple choice (arXiv 2506.07044 and its released code), step by step: take the text in answer tags or a
/// box and after the last "answer is", in lower case; the part before its first dot and, within that, after its last colon is the
/// letter. Failing that, the answer is the option, written as <c>a. text</c>, that is most similar to the whole text, or the first
/// option if none is similar. Every text therefore chooses an option, and nonsense chooses an arbitrary one: compare with chance.
/// </summary>
/// <remarks>
/// If several options have the right text, the last of them is right, as in the kit. Open questions are never right, since the kit
/// uses other scores for them.
/// </remarks>
public sealed class MedEvalKitRule : IScoringRule
{
    private static readonly string[] Announcements =
    [
        "**answer**:", "**answer**", "*answer*:", "**answer:**", "answer is", "answer:", "答案:", "final answer",
        "final answer is",
    ];

    /// <inheritdoc/>
    public string Name => "medevalkit";

    /// <inheritdoc/>
    public ScoredAnswer Score(VqaExample example, string text)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(text);
        if (example.Options.Count == 0)
        {
            return new ScoredAnswer(null, false);
        }

        string response = PythonText.ToLower(InTags(text));
        string[] paragraphs = response.Split("\n\n");
        string lastSentence = BeforeDot(paragraphs[^1]);
        response = LetterOf(paragraphs[0], example) is not null ? paragraphs[0]
            : LetterOf(lastSentence, example) is not null ? lastSentence : response;
        response = PythonText.ToLower(PythonText.Strip(Announced(response))).Replace("\n", "", StringComparison.Ordinal);
        string said = BeforeDot(response);
        said = said[(said.LastIndexOf(':') + 1)..];
        int chosen = LetterOf(said, example) ?? MostSimilar(response, example);
        return new ScoredAnswer(OptionLetters.Of(chosen), chosen == LastRightOption(example));
    }

    private static string Announced(string response)
    {
        string text = response.Contains("boxed", StringComparison.Ordinal) ? InBox(response) : InTags(response);
        foreach (string announcement in Announcements)
        {
            text = text.Split(announcement)[^1];
        }

        return text;
    }

    /// <summary>All texts in answer tags, joined; the whole text if they are empty.</summary>
    private static string InTags(string text)
    {
        const string open = "<answer>";
        const string close = "</answer>";
        List<string> found = [];
        int start = text.IndexOf(open, StringComparison.Ordinal);
        while (start >= 0)
        {
            int from = start + open.Length;
            int end = text.IndexOf(close, from, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            found.Add(text[from..end]);
            start = text.IndexOf(open, end + close.Length, StringComparison.Ordinal);
        }

        string joined = PythonText.Strip(string.Join(' ', found));
        return joined.Length > 0 ? joined : text;
    }

    /// <summary>The content of the last box; the word "none" if it is not closed, as in the kit.</summary>
    private static string InBox(string text)
    {
        const string open = "\\boxed{";
        int start = text.LastIndexOf(open, StringComparison.Ordinal);
        int depth = 1;
        for (int i = start + open.Length; start >= 0 && i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return PythonText.Strip(text[(start + open.Length)..i]);
            }
        }

        return "None";
    }

    private static string BeforeDot(string text) => text.IndexOf('.') is var dot and >= 0 ? text[..dot] : text;

    private static int? LetterOf(string text, VqaExample example) =>
        text is [>= 'a' and <= 'z'] && text[0] - 'a' < example.Options.Count ? text[0] - 'a' : null;

    private static int MostSimilar(string response, VqaExample example) =>
        OmniMedVqaRule.MostSimilar(
            [.. example.Options.Select((option, index) => PythonText.ToLower($"{OptionLetters.Of(index)}. {option}"))],
            response) ?? 0;

    private static int? LastRightOption(VqaExample example)
    {
        for (int i = example.Options.Count - 1; i >= 0; i--)
        {
            if (example.Options[i] == example.Answer)
            {
                return i;
            }
        }

        return example.AnswerIndex;
    }
}
