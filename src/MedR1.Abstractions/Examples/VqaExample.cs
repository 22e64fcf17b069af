namespace MedR1;

/// <summary>One visual question with its answer: what a data set gives, before any prompt is made of it.</summary>
public sealed record VqaExample
{
    /// <summary>A name that is unique in its data set.</summary>
    public required string Id { get; init; }

    /// <summary>The question alone, without its options.</summary>
    public required string Question { get; init; }

    /// <summary>The right answer as text (for a choice, the right option's text).</summary>
    public required string Answer { get; init; }

    /// <summary>The options in the order of their letters A, B, …; empty for an open question.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>
    /// Which option is right, from 0; <see langword="null"/> for an open question. If not set: the only option whose text equals
    /// <see cref="Answer"/>, ignoring surrounding spaces; <see langword="null"/> if none or several match.
    /// </summary>
    /// <exception cref="InvalidOperationException">While reading: there is no such option.</exception>
    public int? AnswerIndex
    {
        get => field is int given ? Existing(given) : OnlyOptionLikeAnswer();
        init;
    }

    /// <summary>The pictures, in the order in which the question means them; empty for a question about no picture.</summary>
    public IReadOnlyList<IImageSource> Images { get; init; } = [];

    /// <summary>How the pictures were made, where that is known.</summary>
    public ImagingModality? Modality { get; init; }

    /// <summary>What is asked for, where that is known.</summary>
    public QuestionType? QuestionType { get; init; }

    /// <summary>The data set that the example comes from, where that is known.</summary>
    public string? Dataset { get; init; }

    /// <summary>Further columns of the data set, for rewards and reports.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The right option's letter, or <see langword="null"/> for an open question.</summary>
    public string? AnswerLetter => AnswerIndex is int index ? OptionLetters.Of(index) : null;

    /// <summary>
    /// The question and its options on one line as Med-R1 writes them, <c>question A)first, B)second</c>; the question
    /// alone where there are no options.
    /// </summary>
    public string Problem => Options.Count == 0
        ? Question
        : Question + " " + string.Join(", ", Options.Select((option, index) => $"{OptionLetters.Of(index)}){option}"));

    /// <summary>What Med-R1 calls the solution: the letter, or the answer's text, in answer tags.</summary>
    public string Solution => $"<answer> {AnswerLetter ?? Answer} </answer>";

    /// <summary>The name, the problem, the number of pictures and the answer, in one line.</summary>
    public override string ToString() => $"{Id}: {Problem} [pictures: {Images.Count}] -> {Answer}";

    // Options may be set after it, so that it can't be checked sooner. Where there are none they may stand in the question.
    private int Existing(int given)
    {
        int count = Options.Count == 0 ? OptionLetters.Count : Options.Count;
        return given >= 0 && given < count ? given : throw new InvalidOperationException(
            $"Example '{Id}' has the AnswerIndex {given}, but " + (Options.Count == 0
                ? $"letters end at {count - 1}"
                : $"its {count} options are those from 0 to {count - 1}") + ". Set it to the place of the right one.");
    }

    private int? OnlyOptionLikeAnswer()
    {
        string answer = Answer.Trim();
        int? found = null;
        for (int i = 0; answer.Length > 0 && i < Options.Count; i++)
        {
            if (Options[i].AsSpan().Trim().SequenceEqual(answer))
            {
                if (found is not null)
                    return null;
                found = i;
            }
        }

        return found;
    }
}
