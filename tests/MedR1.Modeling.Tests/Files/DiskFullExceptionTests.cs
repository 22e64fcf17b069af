namespace MedR1.Modeling.Tests;

public sealed class DiskFullExceptionTests
{
    [Fact]
    public void Says_how_much_is_needed_and_free() => Assert.Equal(
        "'model' needs 8 bytes, but 5 are free on its disk. Free some space, or choose another folder; no partial file remains.",
        new DiskFullException("model", 8, 5).Message);

    // The free space of a folder that there is not is as unknown as that of a file system that does not report it.
    [Fact]
    public void Does_not_take_unknown_free_space_for_none()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "model.safetensors");

        DiskFullException exception = DiskFullException.From(path, 8, new IOException("No space left on device", 28));

        Assert.Null(exception.AvailableBytes);
        Assert.StartsWith($"'{path}' needs 8 bytes, but its disk is full. Free some space", exception.Message);
    }
}
