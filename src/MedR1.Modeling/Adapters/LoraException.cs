namespace MedR1.Modeling;

/// <summary>The model can't take the adapter: its options or files don't match the model. Lists every mistake.</summary>
public sealed class LoraException : Exception
{
    private const int MostMistakes = 20;

    /// <summary>Creates an exception that says what is wrong.</summary>
    /// <param name="source">The folder, or the purpose of the options.</param>
    /// <param name="mistakes">One sentence for each mistake, with the value and the fix.</param>
    /// <param name="innerException">The cause, if there is one.</param>
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
