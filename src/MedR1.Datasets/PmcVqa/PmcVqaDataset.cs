namespace MedR1.Datasets;

/// <summary>
/// PMC-VQA as published (arXiv 2305.10415): a CSV file with four options per row, and the images in a folder or still in their ZIP
/// archive. An example's metadata contains <c>Figure_path</c> and, if the file has these columns, <c>Answer</c> and <c>Caption</c>
/// as written.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class PmcVqaDataset : LoadedDataset
{
    private PmcVqaDataset(string name, List<VqaExample> examples, MissingImages missingImages)
        : base(name, examples, missingImages)
    {
    }

    /// <summary>Reads a file and checks that its images exist, without opening them.</summary>
    /// <param name="file">The file, such as <c>test.csv</c>.</param>
    /// <param name="images">
    /// The folder of the images (<c>images</c>, <c>figures</c>) or its parent, or the ZIP archive; in an archive, images are found
    /// by their file name.
    /// </param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The file, a row, the archive or an image is missing or invalid.</exception>
    public static PmcVqaDataset Load(
        string file, string images, PmcVqaOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(images);
        IImageStore store = File.Exists(images) ? new ZipImages(images) : new FolderImages(images);
        MissingImageCounter counter = new(images, (options ?? new PmcVqaOptions()).MissingImages, store.Contains);
        string name = Path.GetFileNameWithoutExtension(file);
        List<VqaExample> examples = [];
        foreach (CsvRow row in CsvTable.Read(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            VqaExample example = PmcVqaItem.Read(row, name);
            string figure = example.Metadata["Figure_path"];
            if (counter.Keeps(figure))
            {
                examples.Add(example with { Images = [store.Find(figure)] });
            }
        }

        counter.ThrowIfNotAllowed();
        return new PmcVqaDataset(name, examples, counter.Result);
    }
}
