namespace MedR1.Imaging;

/// <summary>Reads codes of up to 12 bits from the blocks of a GIF frame (GIF89a specification, section 22 and appendix F).</summary>
internal ref struct GifCodes(ReadOnlySpan<byte> encoded, int firstBlock)
{
    private readonly ReadOnlySpan<byte> _encoded = encoded;
    private int _position = firstBlock;
    private int _blockLeft;
    private uint _bits;
    private int _bitCount;

    /// <summary>The next code, or null at the end of the blocks.</summary>
    public int? Read(int codeBits)
    {
        while (_bitCount < codeBits)
        {
            if (_blockLeft == 0 && !TryOpenBlock())
            {
                return null;
            }

            _bits |= (uint)_encoded[_position++] << _bitCount;
            _bitCount += 8;
            _blockLeft--;
        }

        int code = (int)(_bits & ((1u << codeBits) - 1));
        _bits >>= codeBits;
        _bitCount -= codeBits;
        return code;
    }

    // A truncated block is not read at all, as in Pillow.
    private bool TryOpenBlock()
    {
        if (_position >= _encoded.Length)
        {
            return false;
        }

        int length = _encoded[_position];
        if (length == 0 || _position + 1 + length > _encoded.Length)
        {
            return false;
        }

        _position++;
        _blockLeft = length;
        return true;
    }
}
