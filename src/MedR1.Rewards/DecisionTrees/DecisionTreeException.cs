namespace MedR1.Rewards;

/// <summary>A decision tree is invalid; lists every mistake in its document.</summary>
public sealed class DecisionTreeException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">A description of every mistake, with its location and the fix.</param>
    /// <param name="inner">The exception of the JSON reader, if it was the cause.</param>
    public DecisionTreeException(IReadOnlyList<string> errors, Exception? inner = null)
        : base(
            (errors.Count == 1 ? "The decision tree has a mistake:" : $"The decision tree has {errors.Count} mistakes:")
                + string.Concat(errors.Select(one => "\n- " + one)),
            inner) => Errors = errors;

    /// <summary>A description of every mistake.</summary>
    public IReadOnlyList<string> Errors { get; }
}
