namespace MedR1.Rewards;

/// <summary>The flags of Python's <c>re</c> that <see cref="PythonRegex"/> supports.</summary>
[Flags]
public enum PythonRegexOptions
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>The dot also matches line feeds (<c>re.DOTALL</c>).</summary>
    DotAll = 1,

    /// <summary>Letters match in any case (<c>re.IGNORECASE</c>), with Python's equivalents: s and ſ, k and K, i, ı and İ.</summary>
    IgnoreCase = 2,

    /// <summary><c>^</c> and <c>$</c> match at every line (<c>re.MULTILINE</c>).</summary>
    Multiline = 4,
}
