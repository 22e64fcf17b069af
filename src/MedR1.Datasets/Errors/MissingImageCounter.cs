namespace MedR1.Datasets;

/// <summary>Looks whether pictures are there, each path once, and decides about the examples that need them.</summary>
internal sealed class MissingImageCounter(string imageRoot, MissingImageHandling handling)
{
    private const int NamesKept = 5;
    private readonly Dictionary<string, bool> _exists = new(StringComparer.Ordinal);
    private readonly List<string> _firstPaths = [];
    private int _examples;
    private int _exampleCount;

    public MissingImages Result =>
        _exampleCount == 0 ? MissingImages.None : new MissingImages(_exampleCount, _firstPaths);

    /// <summary>Takes note of an example's picture and says whether the example is to be kept.</summary>
    public bool Keeps(string relativePath, string fullPath)
    {
        _examples++;
        if (!_exists.TryGetValue(relativePath, out bool exists))
        {
            exists = File.Exists(fullPath);
            _exists.Add(relativePath, exists);
            if (!exists && _firstPaths.Count < NamesKept)
            {
                _firstPaths.Add(relativePath);
            }
        }

        _exampleCount += exists ? 0 : 1;
        return exists || handling != MissingImageHandling.Skip;
    }

    /// <exception cref="DatasetException">Pictures are missing and that is not allowed.</exception>
    public void ThrowIfNotAllowed()
    {
        if (handling == MissingImageHandling.Throw && _exampleCount > 0)
        {
            string names = string.Join(", ", _firstPaths.Select(path => $"'{path}'"));
            throw new DatasetException(
                $"{_exampleCount} of {_examples} examples have no picture under '{imageRoot}'. First missing: {names}. "
                + "Unpack the pictures there, or set MissingImages to Skip (leave these examples out) or Keep.")
            {
                FilePath = imageRoot,
            };
        }
    }
}
