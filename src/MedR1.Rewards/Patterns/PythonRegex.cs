using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// A regular expression that matches as Python 3.11's <c>re</c> does, for rewards ported from Python. It supports literals, the
/// dot, classes, groups (including named ones), lookaround, alternation, greedy and lazy quantifiers, and the escapes <c>\d \s \w
/// \b \A \Z</c> and <c>\D \S \W \B</c>; it rejects back references, flags inside the expression, possessive quantifiers, and
/// surrogates and characters beyond U+FFFF in the expression (texts may contain them).
/// </summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class PythonRegex
{
    private readonly Regex _search;
    private readonly Regex _fullMatch;

    /// <summary>Compiles an expression.</summary>
    /// <param name="pattern">The expression in Python's syntax.</param>
    /// <param name="options">Its flags.</param>
    /// <param name="timeout">How long one match may take; <see langword="null"/> for 5 seconds.</param>
    /// <exception cref="ArgumentException">The expression is malformed, or uses something that this class does not support.</exception>
    public PythonRegex(string pattern, PythonRegexOptions options = PythonRegexOptions.None, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Pattern = pattern;
        string translated = new PythonRegexTranslator(pattern, options).Translate();
        TimeSpan limit = timeout ?? TimeSpan.FromSeconds(5);
        try
        {
            _search = new Regex(translated, RegexOptions.CultureInvariant, limit);
        }
        catch (RegexParseException exception)
        {
            // Its own message quotes the translation, which nobody wrote.
            throw new ArgumentException(
                $"The expression '{pattern}' is malformed ({exception.Error}); Python's re.compile reports where.",
                nameof(pattern), exception);
        }

        _fullMatch = new Regex($@"\A(?:{translated})\z", RegexOptions.CultureInvariant, limit);
    }

    /// <summary>The expression in Python's syntax.</summary>
    public string Pattern { get; }

    /// <summary><c>re.search</c>: the first match anywhere, or <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="RegexMatchTimeoutException">The match took too long.</exception>
    public PythonMatch? Search(string text) => Run(_search, text);

    /// <summary><c>re.fullmatch</c>: a match of the whole text, or <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="RegexMatchTimeoutException">The match took too long.</exception>
    public PythonMatch? FullMatch(string text) => Run(_fullMatch, text);

    private static PythonMatch? Run(Regex regex, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        CodePointText points = new(text);
        Match match = regex.Match(points.Units);
        return !match.Success ? null : new PythonMatch(
            match.Index,
            match.Index + match.Length,
            points.Slice(match.Index, match.Length),
            [.. match.Groups.Values.Skip(1)
                .Select(group => group.Success ? points.Slice(group.Index, group.Length) : null)]);
    }
}
