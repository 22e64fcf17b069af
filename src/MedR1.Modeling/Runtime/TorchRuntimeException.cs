namespace MedR1.Modeling;

/// <summary>
/// Thrown when the native libraries of TorchSharp cannot be loaded; the message states what is missing, what was tried and what
/// to do.
/// </summary>
public sealed class TorchRuntimeException : Exception
{
    /// <summary>Creates an exception from the parts of its message.</summary>
    /// <param name="library">The library that is missing or was rejected, for example <c>libtorch_cpu.so</c>.</param>
    /// <param name="problem">What is wrong with the library, as one sentence.</param>
    /// <param name="attempts">What was tried, in order.</param>
    /// <param name="remedy">What to install or change.</param>
    /// <param name="innerException">The error of the system's loader, if there was one.</param>
    public TorchRuntimeException(
        string library,
        string problem,
        IReadOnlyList<string> attempts,
        string remedy,
        Exception? innerException = null)
        : base(Compose(library, problem, attempts, remedy, innerException), innerException)
    {
        Library = library;
        Attempts = attempts;
        Remedy = remedy;
    }

    /// <summary>The library that is missing or was rejected.</summary>
    public string Library { get; }

    /// <summary>What was tried, in order.</summary>
    public IReadOnlyList<string> Attempts { get; }

    /// <summary>What to install or change.</summary>
    public string Remedy { get; }

    private static string Compose(
        string library,
        string problem,
        IReadOnlyList<string> attempts,
        string remedy,
        Exception? innerException)
    {
        List<string> lines = [$"TorchSharp cannot start: {library}: {problem}"];
        if (innerException is not null)
        {
            lines.Add($"Cause: {innerException.Message.Trim()}");
        }

        if (attempts.Count > 0)
        {
            lines.Add("Tried:");
            lines.AddRange(attempts.Select(attempt => $"  - {attempt}"));
        }

        lines.Add($"What to do: {remedy}");
        return string.Join(Environment.NewLine, lines);
    }
}
