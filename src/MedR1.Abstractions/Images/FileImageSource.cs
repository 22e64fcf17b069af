namespace MedR1;

/// <summary>A picture in a file, opened on each read. Sources of one path are equal.</summary>
/// <param name="path">The file; it need not exist until the picture is read.</param>
public sealed class FileImageSource(string path) : IImageSource, IEquatable<FileImageSource>
{
    /// <summary>The file's path.</summary>
    public string Path { get; } = path ?? throw new ArgumentNullException(nameof(path));

    /// <inheritdoc/>
    public string Name => Path;

    /// <inheritdoc/>
    public Stream OpenRead() => File.OpenRead(Path);

    /// <inheritdoc/>
    public bool Equals(FileImageSource? other) => other is not null && other.Path == Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FileImageSource);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <summary>The file's path.</summary>
    public override string ToString() => Path;
}
