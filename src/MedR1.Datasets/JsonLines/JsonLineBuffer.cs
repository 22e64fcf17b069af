namespace MedR1.Datasets;

/// <summary>
/// Finds lines in bytes that arrive in pieces. Only LF, with or without a preceding CR, ends a line; U+2028 and the like do not. A
/// byte order mark at the start and blank lines are skipped. Memory is bounded by the longest line.
/// </summary>
internal sealed class JsonLineBuffer(string filePath, int maxLineLength)
{
    private const int FirstCapacity = 1 << 16;
    private byte[] _buffer = new byte[FirstCapacity];
    private int _start;
    private int _end;
    private int _searched;
    private int _row;
    private long _offset;

    /// <summary>The buffer for the next bytes of the file; call <see cref="Filled"/> afterwards.</summary>
    /// <exception cref="DatasetException">A line is longer than allowed.</exception>
    public Memory<byte> Free()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _offset += _start;
            _searched -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end > maxLineLength)
            {
                throw TooLong();
            }

            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, Math.Max(maxLineLength + 1L, FirstCapacity)));
        }

        return _buffer.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    /// <summary>Takes the next complete line; at the end of the file, also a last line without a line break.</summary>
    /// <exception cref="DatasetException">The line is longer than allowed.</exception>
    public bool TryTake(bool isAtEnd, out JsonLine line)
    {
        while (true)
        {
            int found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (found < 0 && !(isAtEnd && _start < _end))
            {
                _searched = _end;
                line = default;
                return false;
            }

            int end = found < 0 ? _end : _searched + found;
            int start = _start;
            _start = _searched = found < 0 ? _end : end + 1;
            if (_offset == 0 && start == 0 && _buffer.AsSpan(0, end).StartsWith("\uFEFF"u8))
            {
                start = 3;
            }

            if (end - start > maxLineLength)
            {
                throw TooLong();
            }

            ReadOnlyMemory<byte> bytes = _buffer.AsMemory(start, end - start);
            if (bytes.Span.ContainsAnyExcept(" \t\r"u8))
            {
                line = new JsonLine(_row++, _offset + start, bytes);
                return true;
            }
        }
    }

    private DatasetException TooLong() => DatasetException.AtRow(
        filePath, _row, $"the line is longer than {maxLineLength} bytes. Is this a JSON Lines file? If so, raise MaxLineLength.");
}
