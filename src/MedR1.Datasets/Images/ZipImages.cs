using System.IO.Compression;

namespace MedR1.Datasets;

/// <summary>
/// Images in a ZIP archive, found by file name regardless of folder. The archive stays open as long as one of its images is
/// referenced.
/// </summary>
internal sealed class ZipImages : IImageStore
{
    private const int MostBytes = 256 << 20;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ZipArchiveEntry> _others = new(StringComparer.Ordinal);

    /// <exception cref="DatasetException">The file is not an archive, or is a broken one.</exception>
    public ZipImages(string filePath)
    {
        FileStream file = DatasetFiles.Open(filePath, FileOptions.RandomAccess);
        try
        {
            _archive = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in _archive.Entries)
            {
                if (!_entries.TryAdd(entry.Name, entry))
                {
                    _others.TryAdd(entry.Name, entry);
                }
            }
        }
        catch (InvalidDataException exception)
        {
            file.Dispose();
            throw new DatasetException(
                $"{filePath} is not a valid ZIP archive: {exception.Message} Was it cut off while downloading?", exception)
            {
                FilePath = filePath,
            };
        }

        Path = filePath;
    }

    public string Path { get; }

    public bool Contains(string path) => _entries.ContainsKey(System.IO.Path.GetFileName(path));

    /// <exception cref="DatasetException">Several files of the archive have the image's name.</exception>
    public IImageSource Find(string path)
    {
        string name = System.IO.Path.GetFileName(path);

        // Duplicate names are an error only for images in use: archives may have a file such as Thumbs.db in every folder.
        return !_others.TryGetValue(name, out ZipArchiveEntry? other)
            ? new ZipImageSource(this, name)
            : throw new DatasetException(
                $"{Path} contains several files named '{name}', such as '{_entries[name].FullName}' and '{other.FullName}', so "
                + "it is unclear which one a question means. Repack the archive with one of them, or unpack it and give the folder.")
            {
                FilePath = Path,
                Field = name,
            };
    }

    /// <summary>Unpacks one image; calls are serialized, since the archive supports one reader at a time.</summary>
    /// <exception cref="IOException">The image does not exist, is corrupt, or is larger than 256 MiB.</exception>
    public MemoryStream Read(string name)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry))
        {
            throw new FileNotFoundException($"{Path} contains no image '{name}'.", name);
        }

        lock (_archive)
        {
            try
            {
                using Stream packed = entry.Open();
                return BoundedStream.ReadAll(packed, MostBytes, () => new IOException(
                    $"'{name}' in {Path} unpacks to more than {MostBytes} bytes, so it is not an image."));
            }
            catch (InvalidDataException exception)
            {
                throw new IOException($"'{name}' in {Path} is broken: {exception.Message}", exception);
            }
        }
    }
}
