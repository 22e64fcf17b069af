namespace MedR1.Imaging;

/// <summary>
/// Decodes run-length encoded palette indices by the rules of Pillow's BmpRleDecoder: pixels skipped by a jump or the end of a row
/// have index 0, but data that ends before the last pixel is an error.
/// </summary>
internal static class BmpRunLength
{
    private const byte EndOfRow = 0;
    private const byte EndOfImage = 1;
    private const byte Jump = 2;

    /// <summary>All indices, in the order of the file.</summary>
    /// <exception cref="ImageFormatException">The data ends before the last pixel.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> encoded, BmpHeader header)
    {
        byte[] indices = new byte[checked(header.Width * header.Height)];
        int count = new Runs(encoded, header, indices).Decode();
        return count == indices.Length
            ? indices
            : throw HeaderBytes.Broken(
                ImageFormat.Bmp,
                $"its run-length encoded data ends after {count} of {header.Width} x {header.Height} pixels");
    }

    private ref struct Runs(ReadOnlySpan<byte> encoded, BmpHeader header, Span<byte> indices)
    {
        private readonly ReadOnlySpan<byte> _encoded = encoded;
        private readonly Span<byte> _indices = indices;
        private readonly int _width = header.Width;
        private readonly bool _isFourBits = header.Compression == BmpCompression.RunLength4;
        private int _position = (int)Math.Min(header.DataStart, encoded.Length);
        private int _count;
        private int _column;

        public int Decode()
        {
            while (_count < _indices.Length && _position + 2 <= _encoded.Length)
            {
                byte length = _encoded[_position++];
                byte value = _encoded[_position++];
                if (length > 0)
                {
                    Run(length, value);
                }
                else if (value == EndOfRow)
                {
                    Skip((_width - _count % _width) % _width);
                    _column = 0;
                }
                else if (value == EndOfImage || !(value == Jump ? TryJump() : TryCopy(value)))
                {
                    break;
                }
            }

            return _count;
        }

        // A run does not extend past the end of its row.
        private void Run(int length, byte value)
        {
            int written = Math.Min(Math.Min(length, Math.Max(0, _width - _column)), _indices.Length - _count);
            for (int i = 0; i < written; i++)
            {
                _indices[_count + i] = !_isFourBits ? value : (byte)(i % 2 == 0 ? value >> 4 : value & 15);
            }

            _count += written;
            _column += written;
        }

        private void Skip(long pixels) => _count = (int)Math.Min(_count + pixels, _indices.Length);

        private bool TryJump()
        {
            if (_position + 2 > _encoded.Length)
            {
                return false;
            }

            Skip(_encoded[_position] + (long)_encoded[_position + 1] * _width);
            _position += 2;
            _column = _count % _width;
            return true;
        }

        private bool TryCopy(int length)
        {
            int copied = Math.Min(length, _indices.Length - _count);
            int bytes = _isFourBits ? (copied + 1) / 2 : copied;
            if (_position + bytes > _encoded.Length)
            {
                return false;
            }

            for (int i = 0; i < copied; i++)
            {
                byte value = _encoded[_position + (_isFourBits ? i / 2 : i)];
                _indices[_count + i] = !_isFourBits ? value : (byte)(i % 2 == 0 ? value >> 4 : value & 15);
            }

            _count += copied;
            _column += length;

            // Aligned to an even offset in the file, not relative to the start of the pixels.
            _position += bytes;
            _position += _position % 2;
            return true;
        }
    }
}
