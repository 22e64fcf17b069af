namespace MedR1.Datasets.Arrow;

/// <summary>An image stored contiguously inside a file.</summary>
internal sealed class FileSlice(string filePath, long offset, int length, string name) : IImageSource
{
    public string Name { get; } = name;

    public Stream OpenRead()
    {
        byte[] bytes = new byte[length];
        using FileStream stream = File.OpenRead(filePath);
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return new MemoryStream(bytes, writable: false);
    }
}
