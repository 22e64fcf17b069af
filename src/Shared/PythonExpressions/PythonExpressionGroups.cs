namespace MedR1;

/// <summary>The groups of a Python expression, numbered from 1 from left to right, whether they have names or not.</summary>
internal sealed class PythonExpressionGroups(PythonExpressionSource source)
{
    // .NET's parser and Python's have their own limits; this one keeps this parser from exhausting the stack first.
    private const int DeepestNesting = 300;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly List<PythonExpressionWidth?> _widths = [];
    private int _latestCondition;
    private int? _firstInLookbehind;
    private int _depth;

    public int Open(string? name)
    {
        _widths.Add(null);
        if (name is not null && !_names.TryAdd(RequireName(name), _widths.Count))
            throw source.Fault($"a second group named '{name}'");
        return _widths.Count;
    }

    public void Close(int number, PythonExpressionWidth width) => _widths[number - 1] = width;

    /// <summary>Reads something inside of a group or lookaround.</summary>
    public PythonExpressionWidth Inside(bool isLookbehind, Func<PythonExpressionWidth> read)
    {
        int? outer = _firstInLookbehind;
        if (isLookbehind)
            _firstInLookbehind ??= _widths.Count + 1;
        if (++_depth > DeepestNesting)
            throw source.Unsupported($"more than {DeepestNesting} groups inside each other");
        PythonExpressionWidth width = read();
        _depth--;
        _firstInLookbehind = outer;
        if (source.Next is null)
            throw source.Fault("an unfinished group");
        return width;
    }

    public int NumberOf(string name) => _names.TryGetValue(RequireName(name), out int number)
        ? number
        : throw source.Fault($"a reference to the group '{name}', which there is not");

    /// <summary>The width of a group that a back reference refers to.</summary>
    public PythonExpressionWidth Referred(int number)
    {
        if (number > _widths.Count)
            throw source.Fault($"a reference to group {number}, of {_widths.Count} so far");
        PythonExpressionWidth width = _widths[number - 1] ?? throw source.Fault($"a reference to group {number} inside of it");
        RequireBeforeLookbehind(number);
        return width;
    }

    /// <summary>Notes that a condition asks for a group, which may come later.</summary>
    public void AskFor(int number)
    {
        _latestCondition = Math.Max(_latestCondition, number);
        RequireBeforeLookbehind(number);
    }

    public void RequireAsked()
    {
        if (_latestCondition > _widths.Count)
            throw source.Fault($"a condition on group {_latestCondition}, of {_widths.Count}");
    }

    // Python does not accept this. .NET, which reads what is looked back at from its end, would match other texts.
    private void RequireBeforeLookbehind(int number)
    {
        if (_firstInLookbehind is { } first && (number >= first || _widths[number - 1] is null))
            throw source.Fault($"a reference to group {number} inside of the same lookbehind or group");
    }

    private string RequireName(string name)
    {
        bool isName = name.Length > 0 && !char.IsAsciiDigit(name[0])
            && name.EnumerateRunes().All(PythonText.IsWordCharacter);
        return isName ? name : throw source.Fault($"'{name}' as the name of a group");
    }
}
