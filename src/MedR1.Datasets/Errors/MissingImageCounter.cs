namespace MedR1.Datasets;

/// <summary>Checks whether images exist, each path once, and decides whether to keep the examples that need them.</summary>
internal sealed class MissingImageCounter(
    string imageRoot, MissingImageHandling handling, Func<string, bool>? isThere = null,
    string remedy = "Unpack the images there")
{
    private const int NamesKept = 5;
    private readonly Func<string, bool> _isThere = isThere ?? (path => File.Exists(Path.Combine(imageRoot, path)));
    private readonly Dictionary<string, bool> _exists = new(StringComparer.Ordinal);
    private readonly List<string> _firstPaths = [];
    private int _examples;
    private int _exampleCount;

    /// <summary>Counts the missing images of a table, whose options have the folder.</summary>
    public static MissingImageCounter OfTable(string imageRoot, MissingImageHandling handling) => new(
        imageRoot, handling, remedy: "Put the images there, set ImageRoot to the folder that the paths are relative to");

    public MissingImages Result =>
        _exampleCount == 0 ? MissingImages.None : new MissingImages(_exampleCount, _firstPaths);

    /// <summary>Records an example's images, as the data set writes them, and says whether to keep the example.</summary>
    public bool Keeps(params ReadOnlySpan<string> paths)
    {
        _examples++;
        bool all = true;
        foreach (string path in paths)
        {
            all &= IsThere(path);
        }

        _exampleCount += all ? 0 : 1;
        return all || handling != MissingImageHandling.Skip;
    }

    /// <exception cref="DatasetException">Images are missing, which is not allowed.</exception>
    public void ThrowIfNotAllowed()
    {
        if (handling == MissingImageHandling.Throw && _exampleCount > 0)
        {
            string names = string.Join(", ", _firstPaths.Select(path => $"'{path}'"));
            throw new DatasetException(
                $"{_exampleCount} of {_examples} examples lack images in '{imageRoot}'. First missing: {names}. "
                + $"{remedy}, or set MissingImages to Skip (leave these examples out) or Keep.")
            {
                FilePath = imageRoot,
            };
        }
    }

    private bool IsThere(string path)
    {
        if (!_exists.TryGetValue(path, out bool exists))
        {
            exists = _isThere(path);
            _exists.Add(path, exists);
            if (!exists && _firstPaths.Count < NamesKept)
            {
                _firstPaths.Add(path);
            }
        }

        return exists;
    }
}
