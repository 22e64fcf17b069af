namespace MedR1;

/// <summary>The flags of Python's <c>re</c> that have a meaning for <see cref="PythonExpression"/>.</summary>
[Flags]
internal enum PythonExpressionFlags
{
    None = 0,
    DotAll = 1,
    IgnoreCase = 2,
    Multiline = 4,
    Verbose = 8,
}
