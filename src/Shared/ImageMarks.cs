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

    /// <summary>The parts of a message: texts that are not empty, and an image in place of each mark.</summary>
    /// <param name="pieces">What <see cref="Split"/> returned.</param>
    /// <param name="image">Returns the image in place of a mark, given the mark's index.</param>
    public static List<ChatPart> Parts(string[] pieces, Func<int, ImagePart> image)
    {
        List<ChatPart> parts = [];
        foreach ((int i, string piece) in pieces.Index())
        {
            if (i > 0)
            {
                parts.Add(image(i - 1));
            }

            if (piece.Length > 0)
            {
                parts.Add(new TextPart(piece));
            }
        }

        return parts;
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
