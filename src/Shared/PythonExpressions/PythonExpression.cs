using System.Text.RegularExpressions;

namespace MedR1;

/// <summary>A regular expression that matches as Python 3.11's <c>re</c> does.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
internal sealed class PythonExpression
{
    private readonly string _pattern;
    private readonly Regex _search;
    private readonly Lazy<Regex> _match;
    private readonly Lazy<Regex> _fullMatch;

    /// <param name="pattern">The expression in Python's syntax.</param>
    /// <param name="flags">Its flags, besides those inside the expression.</param>
    /// <param name="timeout">How long one match may take.</param>
    /// <exception cref="PythonExpressionException">The expression is malformed or not supported.</exception>
    public PythonExpression(string pattern, PythonExpressionFlags flags, TimeSpan timeout)
    {
        _pattern = pattern;
        (string translated, bool repeatsNothingLazily) = PythonExpressionTranslator.Translate(pattern, flags);

        // .NET 10's interpreter loses the start of a group or match around (a*)+?, or fails (dotnet/runtime#120872). Compiled
        // code does not, unless there are conditions, which the translator therefore refuses.
        RegexOptions options = RegexOptions.CultureInvariant | (repeatsNothingLazily ? RegexOptions.Compiled : 0);
        try
        {
            _search = Compile(translated);
        }
        catch (RegexParseException exception)
        {
            // Its own message quotes the translation, which nobody wrote.
            throw new PythonExpressionException($"{exception.Error}; Python's re.compile reports where", exception);
        }

        _match = new Lazy<Regex>(() => Compile($@"\A(?:{translated})"));
        _fullMatch = new Lazy<Regex>(() => Compile($@"\A(?:{translated})\z"));

        Regex Compile(string net) => new(net, options, timeout);
    }

    /// <summary><c>re.search</c>: the first match anywhere.</summary>
    public Match Search(CodePointText text) => Run(_search, text);

    /// <summary><c>re.match</c>: a match from the start.</summary>
    public Match Match(CodePointText text) => Run(_match.Value, text);

    /// <summary><c>re.fullmatch</c>: a match of the whole text.</summary>
    public Match FullMatch(CodePointText text) => Run(_fullMatch.Value, text);

    private Match Run(Regex regex, CodePointText text)
    {
        try
        {
            return regex.Match(text.Units);
        }
        catch (RegexMatchTimeoutException exception)
        {
            // It quotes the translation too, and the stand-ins of the text.
            throw new RegexMatchTimeoutException(text.Original, _pattern, exception.MatchTimeout);
        }
    }
}
