namespace MedR1;

/// <summary>
/// How many characters a part of a Python expression matches at least and at most. Python looks behind only at texts of one length.
/// </summary>
/// <remarks>Numbers of any size are needed only to be compared; they are kept as <see cref="double"/>, which does not overflow.</remarks>
internal readonly record struct PythonExpressionWidth(double Least, double Most)
{
    /// <summary>What Python takes as the largest number of repetitions, or none given.</summary>
    public const long NoMaximum = uint.MaxValue;

    public static PythonExpressionWidth None => new(0, 0);

    public static PythonExpressionWidth One => new(1, 1);

    public bool IsFixed => Least == Most;

    public PythonExpressionWidth Then(PythonExpressionWidth other) => Limited(Least + other.Least, Most + other.Most);

    public PythonExpressionWidth Or(PythonExpressionWidth other) =>
        new(Math.Min(Least, other.Least), Math.Max(Most, other.Most));

    public PythonExpressionWidth Times(long least, long most) => Limited(Least * least, Most * most);

    // As in Python; it also keeps infinity, whose product with 0 is not a number, out.
    private static PythonExpressionWidth Limited(double least, double most) =>
        new(Math.Min(least, ulong.MaxValue), Math.Min(most, ulong.MaxValue));
}
