namespace MedR1.Modeling;

/// <summary>An adapter that this model can't take: its options or its files don't fit. It lists every mistake.</summary>
public sealed class LoraException : Exception
{
    private const int MostMistakes = 20;

    /// <summary>Says what is wrong.</summary>
    /// <param name="source">The folder, or what the options are for.</param>
    /// <param name="mistakes">Each mistake in a sentence, with the value and the fix.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public LoraException(string source, IReadOnlyList<string> mistakes, Exception? innerException = null)
        : base($"The adapter {source} can't be used:{Show(mistakes)}", innerException)
    {
        Mistakes = [.. mistakes];
    }

    /// <summary>Every mistake.</summary>
    public IReadOnlyList<string> Mistakes { get; }

    private static string Show(IReadOnlyList<string> mistakes)
    {
        string rest = mistakes.Count > MostMistakes ? $"\n- and {mistakes.Count - MostMistakes} more" : "";
        return string.Concat(mistakes.Take(MostMistakes).Select(mistake => $"\n- {mistake}")) + rest;
    }
}
