namespace MedR1.Rewards;

/// <summary>A decision tree that can't work, with every mistake in its document.</summary>
public sealed class DecisionTreeException : FormatException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="problems">Every mistake in words, with the place and the fix.</param>
    /// <param name="inner">What the reader of JSON said, where it was that.</param>
    public DecisionTreeException(IReadOnlyList<string> problems, Exception? inner = null)
        : base(
            $"The decision tree has {problems.Count} mistake(s):" + string.Concat(problems.Select(one => "\n- " + one)),
            inner) => Problems = problems;

    /// <summary>Every mistake in words.</summary>
    public IReadOnlyList<string> Problems { get; }
}
