namespace MedR1;

/// <summary>The marks that stand for images in a text, as data sets of the hub write them.</summary>
internal static class ImageMarks
{
    public const string Mark = "<image>";

    /// <summary>
    /// The texts before, between and behind the marks, some of which may be empty, without the single line break that separates a text
    /// from a mark.
    /// </summary>
    public static string[] Split(string text)
    {
        string[] pieces = text.Split(Mark);
        for (int i = 0; i < pieces.Length; i++)
        {
            string piece = i > 0 ? WithoutFirstBreak(pieces[i]) : pieces[i];
            pieces[i] = i < pieces.Length - 1 ? WithoutLastBreak(piece) : piece;
        }

        return pieces;
    }

    private static string WithoutFirstBreak(string text) => text switch
    {
        ['\r', '\n', ..] => text[2..],
        ['\n', ..] => text[1..],
        _ => text,
    };

    private static string WithoutLastBreak(string text) => text switch
    {
        [.., '\r', '\n'] => text[..^2],
        [.., '\n'] => text[..^1],
        _ => text,
    };
}
