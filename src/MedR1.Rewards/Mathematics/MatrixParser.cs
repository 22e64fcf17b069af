using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Reads a matrix of terms or, between vertical lines, its determinant.</summary>
internal static partial class MatrixParser
{
    // An upper limit that bounds the work: a determinant of n rows has n! products.
    private const int MostRows = 6;

    /// <summary>The matrix, or its determinant, at the position of a cursor; null if there is none.</summary>
    /// <exception cref="FormatException">A cell is not a term.</exception>
    public static MathAnswer? Parse(LatexCursor cursor, TermParser terms)
    {
        if (MatrixPattern().Match(cursor.Next) is not { Success: true } match)
        {
            return null;
        }

        cursor.Read();
        cursor.Take("°");

        // White space after a trailing \\ is not a row.
        string[] texts = match.Groups["cells"].Value.Split(@"\\");
        int count = texts.Length > 1 && string.IsNullOrWhiteSpace(texts[^1]) ? texts.Length - 1 : texts.Length;
        MathNode[][] rows =
            [.. texts.Take(count).Select(text => text.Split('&').Select(cell => Cell(cell, terms)).ToArray())];
        if (match.Groups["kind"].Value != "vmatrix")
        {
            return new MathAnswer(MathKind.Matrix, "", null, [.. rows.Select(Row)]);
        }

        return rows.Length <= MostRows && rows.All(row => row.Length == rows.Length)
            ? new MathAnswer(MathKind.Term, "", Determinant(rows), [])
            : throw new FormatException("A determinant has too many rows or is not square.");
    }

    private static MathNode Cell(string text, TermParser terms)
    {
        LatexCursor cursor = new(LatexTokens.Of(text) ?? []);
        MathNode cell = terms.At(cursor).Sum();
        return cursor.AtEnd ? cell : throw new FormatException($"The cell '{text}' is not a term.");
    }

    private static MathAnswer Row(MathNode[] cells) => new(
        MathKind.Tuple, "", null, [.. cells.Select(cell => new MathAnswer(MathKind.Term, "", cell, []))]);

    // Along the first row.
    private static MathNode Determinant(MathNode[][] rows)
    {
        MathNode sum = NumberNode.Integer(0);
        for (int column = 0; column < rows.Length; column++)
        {
            int left = column;
            MathNode[][] rest = [.. rows.Skip(1).Select(row => row.Where((_, index) => index != left).ToArray())];
            MathNode product = rest.Length == 0 ? rows[0][0] : new CallNode("*", rows[0][column], Determinant(rest));
            sum = new CallNode(column % 2 == 0 ? "+" : "-", sum, product);
        }

        return sum;
    }

    [GeneratedRegex(
        @"^\\begin\{(?<kind>[a-z]+)\}(?:\{[clr]*\})?(?<cells>.*)\\end\{[a-z]+\}$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex MatrixPattern();
}
