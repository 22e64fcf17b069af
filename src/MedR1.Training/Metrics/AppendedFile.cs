namespace MedR1.Training;

/// <summary>
/// A file to which records are appended, each of them whole or not at all: what a full disk took of one is cut off again, so that the
/// next does not follow half a record.
/// </summary>
/// <param name="file">The file at its end; it must not buffer, or what could not be written would come at another moment.</param>
internal sealed class AppendedFile(Stream file) : IDisposable
{
    // The disk may stay full for the rest of a long run.
    private const long MostWaiting = 16 << 20;
    private readonly MemoryStream _waiting = new();

    /// <summary>Has bytes written before the next record.</summary>
    public void Precede(ReadOnlySpan<byte> bytes) => _waiting.Write(bytes);

    /// <summary>Appends a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isKept">
    /// Whether it is written with the next record if it can't be written now; otherwise the caller repeats it or does without.
    /// </param>
    /// <exception cref="IOException">It can't be written.</exception>
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

    /// <summary>Closes the file; what still can't be written is lost, as whoever appended it was told.</summary>
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
            // It would hide what the run ended with.
        }
        finally
        {
            _waiting.SetLength(0);
            file.Dispose();
        }
    }

    private void WriteWaiting()
    {
        // A pipe has no end.
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
            // The next record is then written over it.
        }

        file.Position = end;
    }
}
