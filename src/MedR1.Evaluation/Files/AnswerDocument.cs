namespace MedR1.Evaluation;

/// <summary>One answer as stored in a report's file.</summary>
internal sealed record AnswerDocument
{
    public required string Id { get; init; }

    public required string Question { get; init; }

    public IReadOnlyList<string>? Options { get; init; }

    public required string Answer { get; init; }

    public int? AnswerIndex { get; init; }

    public string? Modality { get; init; }

    public string? QuestionType { get; init; }

    public string? Dataset { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public required string Text { get; init; }

    public string? Read { get; init; }

    public required bool Right { get; init; }

    public IReadOnlyList<double>? OptionProbabilities { get; init; }

    public string? StopReason { get; init; }

    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>Whether the lists hold no null, which the serializer lets pass, and the right option exists.</summary>
    internal bool IsWhole => Options?.Contains(null!) != true && Metadata?.Values.Contains(null!) != true
        && AnswerIndex is not < 0 && !(AnswerIndex >= (Options?.Count ?? OptionLetters.Count));

    public static AnswerDocument Of(EvaluatedAnswer answer) => new()
    {
        Id = answer.Example.Id,
        Question = answer.Example.Question,
        Options = answer.Example.Options.Count > 0 ? answer.Example.Options : null,
        Answer = answer.Example.Answer,
        AnswerIndex = answer.Example.AnswerIndex,
        Modality = answer.Example.Modality?.Value,
        QuestionType = answer.Example.QuestionType?.Value,
        Dataset = answer.Example.Dataset,
        Metadata = answer.Example.Metadata.Count > 0 ? answer.Example.Metadata : null,
        Text = answer.Text,
        Read = answer.Scored.Answer,
        Right = answer.Scored.IsCorrect,
        OptionProbabilities = answer.OptionProbabilities,
        StopReason = answer.Completion?.StopReason.ToString(),
        TokenIds = answer.Completion?.TokenIds,
    };

    public EvaluatedAnswer ToAnswer() =>
        new(ToExample(), Text, new ScoredAnswer(Read, Right))
        {
            OptionProbabilities = OptionProbabilities,
            Completion = Enum.TryParse(StopReason, out StopReason reason)
                ? new Completion { Text = Text, TokenIds = TokenIds ?? [], StopReason = reason }
                : null,
        };

    private VqaExample ToExample() => new()
    {
        Id = Id,
        Question = Question,
        Options = Options ?? [],
        Answer = Answer,
        AnswerIndex = AnswerIndex,
        Modality = Modality is null ? null : new ImagingModality(Modality),
        QuestionType = QuestionType is null ? null : new QuestionType(QuestionType),
        Dataset = Dataset,
        Metadata = Metadata ?? new Dictionary<string, string>(),
    };
}
