namespace MedR1.Modeling;

/// <summary>Thrown when an adapter's options or files don't match the model; lists every mistake.</summary>
public sealed class LoraException : Exception
{
    private const int MostShown = 20;

    /// <summary>Creates an exception that lists the mistakes.</summary>
    /// <param name="source">The folder, or the purpose of the options.</param>
    /// <param name="errors">One sentence for each mistake, with the value and the fix.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public LoraException(string source, IReadOnlyList<string> errors, Exception? innerException = null)
        : base($"The adapter {source} can't be used:{Show(errors)}", innerException)
    {
        Errors = [.. errors];
    }

    /// <summary>Every mistake.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string Show(IReadOnlyList<string> errors)
    {
        string rest = errors.Count > MostShown ? $"\n- and {errors.Count - MostShown} more" : "";
        return string.Concat(errors.Take(MostShown).Select(error => $"\n- {error}")) + rest;
    }
}
