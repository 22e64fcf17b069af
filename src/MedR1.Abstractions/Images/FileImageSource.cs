namespace MedR1;

/// <summary>A picture in a file, opened on each read.</summary>
/// <param name="path">The file; it need not exist until the picture is read.</param>
public sealed class FileImageSource(string path) : IImageSource
{
    /// <summary>The file's path.</summary>
    public string Path { get; } = path ?? throw new ArgumentNullException(nameof(path));

    /// <inheritdoc/>
    public string Name => Path;

    /// <inheritdoc/>
    public Stream OpenRead() => File.OpenRead(Path);
}
