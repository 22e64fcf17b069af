namespace MedR1.Datasets;

/// <summary>Images in a folder, or in its subfolder <c>images</c> or <c>figures</c>.</summary>
internal sealed class FolderImages(string folder) : IImageStore
{
    private static readonly string[] s_below = ["", "images", "figures"];

    public bool Contains(string path) => File.Exists(PathOf(path));

    public IImageSource Find(string path) => new FileImageSource(PathOf(path));

    private string PathOf(string path) =>
        s_below.Select(below => Path.Combine(folder, below, path)).FirstOrDefault(File.Exists)
            ?? Path.Combine(folder, path);
}
