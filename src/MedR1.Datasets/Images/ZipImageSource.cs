namespace MedR1.Datasets;

/// <summary>An image in an archive, unpacked on each read.</summary>
internal sealed class ZipImageSource(ZipImages archive, string name) : IImageSource
{
    public string Name { get; } = $"{archive.Path}/{name}";

    public Stream OpenRead() => archive.Read(name);
}
