using System.Numerics;

namespace MedR1.Rewards;

/// <summary>A named constant or variable.</summary>
internal sealed record SymbolNode(string Name) : MathNode
{
    // Letters that look like the constants but are symbols.
    private const string LetterE = "letter e";
    private const string LetterI = "letter i";
    private const string ComplexLetterI = "complex letter i";

    /// <summary>Whether the symbol is a constant.</summary>
    public bool IsConstant => Name is "pi" or "e" or "i";

    /// <summary>How the symbol is written; null for the imaginary unit, which is never a letter of a word.</summary>
    public string? Written => Name switch
    {
        "i" => null,
        LetterE or LetterI or ComplexLetterI => Name[^1..],
        _ => Name,
    };

    /// <summary>
    /// The symbol with a name, regardless of case. As in math-verify, only a lower-case italic e is Euler's number and only an
    /// upper-case italic I is the imaginary unit; a lower-case i is a symbol, which is a different one in complex expressions.
    /// </summary>
    public static SymbolNode Of(string name, bool isUpright, bool isComplex) => new(name switch
    {
        "e" when !isUpright => "e",
        "e" or "E" => LetterE,
        "I" when !isUpright => "i",
        "i" or "I" => isComplex ? ComplexLetterI : LetterI,
        _ => name.ToLowerInvariant(),
    });

    public override Complex Evaluate(Func<string, Complex> symbols) => Name switch
    {
        "pi" => Math.PI,
        "e" => Math.E,
        "i" => Complex.ImaginaryOne,
        _ => symbols(Name),
    };

    public override Fraction? Exact() => null;

    public override void Collect(ISet<string> symbols)
    {
        if (!IsConstant)
        {
            symbols.Add(Name);
        }
    }
}
