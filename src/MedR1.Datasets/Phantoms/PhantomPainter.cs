namespace MedR1.Datasets;

/// <summary>Draws one family of phantoms and returns the facts about the image.</summary>
internal abstract class PhantomPainter
{
    protected static readonly string[] s_halves = ["Left half", "Right half"];

    public abstract PhantomFamily Family { get; }

    /// <summary>The family's name in answers.</summary>
    public abstract string Kind { get; }

    /// <summary>Draws on a canvas that starts black.</summary>
    public abstract IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random);

    protected static PhantomFact Fact(
        string name, QuestionType type, IReadOnlyList<string> choices, int answer, params string[] questions) =>
        new(name, questions, choices[answer], choices, type);
}
