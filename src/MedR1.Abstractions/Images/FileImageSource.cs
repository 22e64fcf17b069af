namespace MedR1;

/// <summary>An image in a file, opened on each read. Two sources with the same path are equal.</summary>
/// <param name="path">The file; it need not exist until the image is read.</param>
public sealed class FileImageSource(string path) : IImageSource, IEquatable<FileImageSource>
{
    /// <summary>The file's path.</summary>
    public string Path { get; } = path ?? throw new ArgumentNullException(nameof(path));

    /// <inheritdoc/>
    public string Name => Path;

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public Stream OpenRead()
    {
        try
        {
            return File.OpenRead(Path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException(
                $"There is no image '{System.IO.Path.GetFullPath(Path)}'. Put it there, or leave out the examples that use it.",
                Path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                Directory.Exists(Path)
                    ? $"'{Path}' is a folder, but an image was expected; give the path of its file."
                    : $"The image '{Path}' can't be read: {exception.Message}",
                exception);
        }
    }

    /// <inheritdoc/>
    public bool Equals(FileImageSource? other) => other is not null && other.Path == Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FileImageSource);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <summary>The file's path.</summary>
    public override string ToString() => Path;
}
