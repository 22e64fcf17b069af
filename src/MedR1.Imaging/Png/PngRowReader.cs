using System.IO.Compression;

namespace MedR1.Imaging;

/// <summary>Inflates rows of a PNG one by one and undoes their filters (W3C PNG specification, section 9).</summary>
internal sealed class PngRowReader(byte[] imageData, int bytesPerPixel) : IDisposable
{
    private readonly ZLibStream _stream = new(new MemoryStream(imageData, writable: false), CompressionMode.Decompress);
    private byte[] _row = [];
    private byte[] _previous = [];

    public void Dispose() => _stream.Dispose();

    /// <summary>Starts a pass; its first row is filtered as if there were zeros above it.</summary>
    public void StartPass(int columnCount)
    {
        _row = new byte[1 + columnCount * bytesPerPixel];
        _previous = new byte[_row.Length];
    }

    /// <summary>The next row's samples, valid until the next row is read.</summary>
    public ReadOnlySpan<byte> ReadRow()
    {
        (_row, _previous) = (_previous, _row);
        try
        {
            _stream.ReadExactly(_row);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            ImageFormatException broken = HeaderBytes.Broken(
                ImageFormat.Png, "its compressed data is damaged or ends before the last row");
            throw new ImageFormatException(broken.Message, sourceName: null, exception);
        }

        Unfilter(_row[0], _row.AsSpan(1), _previous.AsSpan(1));
        return _row.AsSpan(1);
    }

    private void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above)
    {
        for (int i = 0; i < row.Length; i++)
        {
            byte left = i < bytesPerPixel ? (byte)0 : row[i - bytesPerPixel];
            byte corner = i < bytesPerPixel ? (byte)0 : above[i - bytesPerPixel];
            row[i] += filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (byte)((left + above[i]) / 2),
                4 => Paeth(left, above[i], corner),
                _ => throw HeaderBytes.Broken(ImageFormat.Png, $"a row has the filter {filter}, expected 0 to 4"),
            };
        }
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left);
        int toAbove = Math.Abs(estimate - above);
        int toCorner = Math.Abs(estimate - corner);
        if (toLeft <= toAbove && toLeft <= toCorner)
        {
            return left;
        }

        return toAbove <= toCorner ? above : corner;
    }
}
