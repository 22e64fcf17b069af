using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// A regular expression that matches as Python 3.11's <c>re</c> does, for rewards ported from Python, and is refused if Python refuses
/// it. Not supported are the flag <c>(?a)</c>, <c>\N{…}</c>, a lazy quantifier after something that may match nothing in an expression
/// with conditions, and surrogates and characters beyond U+FFFF in the expression (texts may contain them).
/// </summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class PythonRegex
{
    private readonly PythonExpression _expression;

    /// <summary>Compiles an expression.</summary>
    /// <param name="pattern">The expression in Python's syntax.</param>
    /// <param name="options">Its flags, in addition to those inside the expression.</param>
    /// <param name="timeout">How long one match may take; <see langword="null"/> for 5 seconds.</param>
    /// <exception cref="ArgumentException">The expression is malformed, or uses something that this class does not support.</exception>
    public PythonRegex(string pattern, PythonRegexOptions options = PythonRegexOptions.None, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Pattern = pattern;
        try
        {
            _expression = new PythonExpression(pattern, Flags(options), timeout ?? TimeSpan.FromSeconds(5));
        }
        catch (PythonExpressionException exception)
        {
            throw new ArgumentException(
                $"The expression '{pattern}' cannot be used. It has {exception.Message}.", nameof(pattern), exception);
        }
    }

    /// <summary>The expression in Python's syntax.</summary>
    public string Pattern { get; }

    /// <summary><c>re.search</c>: the first match anywhere, or <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="RegexMatchTimeoutException">The match took too long.</exception>
    public PythonMatch? Search(string text) => Run(_expression.Search, text);

    /// <summary><c>re.fullmatch</c>: a match of the whole text, or <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="RegexMatchTimeoutException">The match took too long.</exception>
    public PythonMatch? FullMatch(string text) => Run(_expression.FullMatch, text);

    private static PythonExpressionFlags Flags(PythonRegexOptions options) =>
        (options.HasFlag(PythonRegexOptions.DotAll) ? PythonExpressionFlags.DotAll : 0)
            | (options.HasFlag(PythonRegexOptions.IgnoreCase) ? PythonExpressionFlags.IgnoreCase : 0)
            | (options.HasFlag(PythonRegexOptions.Multiline) ? PythonExpressionFlags.Multiline : 0);

    private static PythonMatch? Run(Func<CodePointText, Match> find, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        CodePointText points = new(text);
        Match match = find(points);
        return !match.Success ? null : new PythonMatch(
            match.Index,
            match.Index + match.Length,
            points.Slice(match.Index, match.Length),
            [.. match.Groups.Values.Skip(1)
                .Select(group => group.Success ? points.Slice(group.Index, group.Length) : null)]);
    }
}
