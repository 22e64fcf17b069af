namespace MedR1.Rewards;

/// <summary>A position in the tokens of an answer, with the nesting depth there.</summary>
internal sealed class LatexCursor(List<string> tokens)
{
    // Keeps hostile text from exhausting the stack.
    private const int DeepestNesting = 100;
    private int _depth;

    public int At { get; private set; }

    public bool AtEnd => At == tokens.Count;

    /// <summary>The next token; empty at the end.</summary>
    public string Next => Peek(0);

    public string Peek(int ahead) => At + ahead < tokens.Count ? tokens[At + ahead] : "";

    public string Read() => AtEnd ? throw new FormatException("Unexpected end of the expression.") : tokens[At++];

    public bool Take(string token)
    {
        if (Next != token)
        {
            return false;
        }

        At++;
        return true;
    }

    public void Deepen()
    {
        if (++_depth > DeepestNesting)
        {
            throw new FormatException("Nested too deeply.");
        }
    }

    public void Rise() => _depth--;

    /// <summary>What a reader makes of the next tokens; null, with nothing consumed, if it makes nothing of them.</summary>
    public MathAnswer? Try(Func<MathAnswer?> read)
    {
        (int at, int depth) = (At, _depth);
        try
        {
            if (read() is MathAnswer answer)
            {
                return answer;
            }
        }
        catch (FormatException)
        {
        }

        (At, _depth) = (at, depth);
        return null;
    }
}
