namespace MedR1.Training;

/// <summary>
/// A file to which records are appended, each of them whole or not at all: if a full disk truncates a record, the part already written is
/// removed, so that the next record does not follow half a record.
/// </summary>
/// <param name="file">The file at its end. It must not buffer, or a failed write would surface later.</param>
internal sealed class AppendedFile(Stream file) : IDisposable
{
    // The disk may stay full for the rest of a long run.
    private const long MostWaiting = 16 << 20;
    private readonly MemoryStream _waiting = new();

    /// <summary>Adds bytes to write before the next record.</summary>
    public void Precede(ReadOnlySpan<byte> bytes) => _waiting.Write(bytes);

    /// <summary>Appends a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isKept">
    /// Whether a record that can't be written now is written with the next one; otherwise the caller repeats or drops it.
    /// </param>
    /// <exception cref="IOException">The record can't be written.</exception>
    public void Append(ReadOnlySpan<byte> record, bool isKept)
    {
        long before = _waiting.Length;
        _waiting.Write(record);
        try
        {
            WriteWaiting();
        }
        catch when (!isKept || _waiting.Length > MostWaiting)
        {
            _waiting.SetLength(before);
            throw;
        }
    }

    /// <summary>Closes the file. Records that still can't be written are lost; <see cref="Append"/> has already reported them.</summary>
    public void Dispose()
    {
        try
        {
            if (_waiting.Length > 0)
            {
                WriteWaiting();
            }
        }
        catch (IOException)
        {
            // An exception here would hide the one that ended the run.
        }
        finally
        {
            _waiting.SetLength(0);
            file.Dispose();
        }
    }

    private void WriteWaiting()
    {
        // A pipe can't seek.
        long? end = file.CanSeek ? file.Position : null;
        try
        {
            file.Write(_waiting.GetBuffer().AsSpan(0, (int)_waiting.Length));
            file.Flush();
        }
        catch (IOException) when (end is not null)
        {
            CutOff(end.Value);
            throw;
        }

        _waiting.SetLength(0);
    }

    private void CutOff(long end)
    {
        try
        {
            file.SetLength(end);
        }
        catch (IOException)
        {
            // The next record is then written over the rest.
        }

        file.Position = end;
    }
}
