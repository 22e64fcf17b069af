using System.Text;

namespace MedR1.Training.Tests;

/// <summary>A file that takes what fits and then fails, as the system does.</summary>
internal sealed class SmallDisk : MemoryStream
{
    private bool _isClosed;

    public int Room { get; set; }

    public string Text => Encoding.UTF8.GetString(ToArray());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Assert.False(_isClosed);
        int count = Math.Min(buffer.Length, Room - (int)Position);
        base.Write(buffer[..count]);
        if (count < buffer.Length)
        {
            throw new IOException("No space left on device");
        }
    }

    protected override void Dispose(bool disposing) => _isClosed = true;
}
