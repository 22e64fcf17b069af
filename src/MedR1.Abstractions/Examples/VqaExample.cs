namespace MedR1;

/// <summary>One visual question with its answer, as a data set provides it.</summary>
public sealed record VqaExample
{
    /// <summary>
    /// A name, for messages and reports. Two reports are compared by it, for which it must be unique in the data set; the data sets
    /// themselves accept repeated ones, which files and several passes over the same questions have.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The question alone, without its options.</summary>
    public required string Question { get; init; }

    /// <summary>The right answer as text; for a multiple-choice question, the right option's text.</summary>
    public required string Answer { get; init; }

    /// <summary>The options in the order of their letters A, B, …; empty for an open question.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>
    /// The index of the right option, from 0; <see langword="null"/> for an open question. If not set, this is the index of the
    /// only option whose text equals <see cref="Answer"/>, ignoring surrounding white space, or <see langword="null"/> if none or
    /// several match.
    /// </summary>
    /// <exception cref="InvalidOperationException">On reading, the index is outside the options.</exception>
    public int? AnswerIndex
    {
        get => field is int given ? Existing(given) : OnlyOptionLikeAnswer();
        init;
    }

    /// <summary>The images, in the order in which the question refers to them; empty for a question without images.</summary>
    public IReadOnlyList<IImageSource> Images { get; init; } = [];

    /// <summary>How the images were acquired, if known.</summary>
    public ImagingModality? Modality { get; init; }

    /// <summary>What the question asks about, if known.</summary>
    public QuestionType? QuestionType { get; init; }

    /// <summary>The data set that the example comes from, if known.</summary>
    public string? Dataset { get; init; }

    /// <summary>Additional columns of the data set, for rewards and reports.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The right option's letter, or <see langword="null"/> for an open question.</summary>
    public string? AnswerLetter => AnswerIndex is int index ? OptionLetters.Of(index) : null;

    /// <summary>
    /// The question and its options on one line as Med-R1 writes them, <c>question A)first, B)second</c>; only the question if
    /// there are no options.
    /// </summary>
    public string Problem => Options.Count == 0
        ? Question
        : Question + " " + string.Join(", ", Options.Select((option, index) => $"{OptionLetters.Of(index)}){option}"));

    /// <summary>Med-R1's solution: the letter, or the answer's text if there is no letter, in answer tags.</summary>
    public string Solution => $"<answer> {AnswerLetter ?? Answer} </answer>";

    /// <summary>The id, the problem, the number of images and the answer, on one line.</summary>
    public override string ToString() => $"{Id}: {Problem} [images: {Images.Count}] -> {Answer}";

    // Options may be set after the index, so the index can't be checked earlier. Without options, the question's text may contain
    // them.
    private int Existing(int given)
    {
        int count = Options.Count == 0 ? OptionLetters.Count : Options.Count;
        return given >= 0 && given < count ? given : throw new InvalidOperationException(
            $"Example '{Id}' has AnswerIndex {given}, but " + (Options.Count == 0
                ? $"the last letter has index {count - 1}"
                : $"its {count} options have indices 0 to {count - 1}") + ". Set it to the index of the right one.");
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
