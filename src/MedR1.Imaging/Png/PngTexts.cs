namespace MedR1.Imaging;

/// <summary>Removes texts, colour profiles and suggested palettes from a PNG file; no pixel depends on them.</summary>
/// <remarks>
/// libpng keeps them all in memory while it decodes, and decompresses the compressed ones: from a malicious file of 7 MB, 7 GB.
/// </remarks>
internal static class PngTexts
{
    /// <summary>The file without them; the same memory if there are none.</summary>
    public static ReadOnlyMemory<byte> Remove(ReadOnlyMemory<byte> encoded)
    {
        MemoryStream? kept = null;
        int next = 0;
        PngChunkCursor chunk = new(encoded.Span);
        while (chunk.MoveNext())
        {
            if (IsText(chunk.Type))
            {
                kept ??= new MemoryStream(encoded.Length);
                kept.Write(encoded.Span[next..chunk.Position]);
                next = chunk.End;
            }
        }

        if (kept is null)
        {
            return encoded;
        }

        kept.Write(encoded.Span[next..]);
        return kept.GetBuffer().AsMemory(0, (int)kept.Length);
    }

    private static bool IsText(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8) || type.SequenceEqual("tEXt"u8)
        || type.SequenceEqual("iCCP"u8) || type.SequenceEqual("sPLT"u8);
}
