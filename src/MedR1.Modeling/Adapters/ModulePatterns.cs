using System.Collections.Concurrent;

namespace MedR1.Modeling;

/// <summary>Compares names of modules with the regular expressions of PEFT's options, which are Python's.</summary>
internal static class ModulePatterns
{
    // Patterns can come from a file; a pathological one must not hang the program.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int Capacity = 64;

    // An adapter compares a few expressions with the names of hundreds of modules.
    private static readonly ConcurrentDictionary<string, PythonExpression> s_compiled = new(StringComparer.Ordinal);

    /// <summary>The expression by which PEFT looks for a module whose name ends with a pattern.</summary>
    public static string EndOf(string pattern) => $@"(.*\.)?({pattern})$";

    /// <summary>The expression by which PEFT looks for a module with a pattern among the parts of its name.</summary>
    public static string Containing(string pattern) => $@"(^|.*\.){pattern}($|\..*)";

    /// <summary>The expression by which PEFT reads the number of a layer from the list of layers that a pattern names.</summary>
    public static string NumberAfter(string pattern) => $@".*?\.{pattern}\.(\d+)\.";

    /// <summary>The expression, compiled.</summary>
    /// <exception cref="PythonExpressionException">This is not an expression of Python.</exception>
    public static PythonExpression Compiled(string pattern)
    {
        if (s_compiled.Count > Capacity)
            s_compiled.Clear();
        return s_compiled.GetOrAdd(pattern, static text => new PythonExpression(text, PythonExpressionFlags.None, Patience));
    }

    /// <summary>Python's <c>re.fullmatch</c>.</summary>
    public static bool MatchesAll(string name, string pattern) => Compiled(pattern).FullMatch(new CodePointText(name)).Success;

    /// <summary>Python's <c>re.match</c>, which is anchored at the start, but at the end only if the pattern is.</summary>
    public static bool MatchesStart(string name, string pattern) => Compiled(pattern).Match(new CodePointText(name)).Success;
}
