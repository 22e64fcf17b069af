namespace MedR1.Datasets;

/// <summary>
/// The images in the repository's <c>data/real-mini</c>: 1,803 training and 685 test questions about real recordings, in the form
/// of OmniMedVQA. An example's metadata contains <c>family</c>, <c>group</c>, <c>split</c>, <c>source</c>, <c>place</c> (which part
/// of the source the image was cut from), <c>basis</c> (of the licence, see the folder's README) and the entries that
/// <see cref="OmniMedVqaDataset"/> provides.
/// </summary>
public static class RealMini
{
    /// <summary>The training questions.</summary>
    /// <param name="folder">The folder <c>real-mini</c>.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A file is missing or wrong, or an image occurs in both splits.</exception>
    public static IVqaDataset LoadTrain(string folder, CancellationToken cancellationToken = default) =>
        Load(folder, "train", cancellationToken);

    /// <summary>The test questions; none of their images is in the training questions.</summary>
    /// <param name="folder">The folder <c>real-mini</c>.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A file is missing or wrong, or an image occurs in both splits.</exception>
    public static IVqaDataset LoadTest(string folder, CancellationToken cancellationToken = default) =>
        Load(folder, "test", cancellationToken);

    private static InMemoryDataset Load(string folder, string split, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        OmniMedVqaDataset all = OmniMedVqaDataset.Load(folder, cancellationToken: cancellationToken);
        Dictionary<string, CsvRow> questions = CsvTable.Read(Path.Combine(folder, "questions.csv"), "question_id");
        Dictionary<string, CsvRow> images = CsvTable.Read(Path.Combine(folder, "images.csv"), "path");
        Dictionary<string, CsvRow> sources = CsvTable.Read(Path.Combine(folder, "sources.csv"), "source");
        List<VqaExample> kept = [];
        foreach (VqaExample example in all)
        {
            CsvRow question = CsvTable.Find(questions, example.Id, "questions.csv");
            CsvRow image = CsvTable.Find(images, example.Metadata["image_path"], "images.csv");
            if (question["split"] != image["split"])
            {
                throw new DatasetException(
                    $"Question '{example.Id}' is in split '{question["split"]}', but its image "
                    + $"'{example.Metadata["image_path"]}' is in split '{image["split"]}': scores on it would be "
                    + "invalid. Restore the folder from the repository.")
                {
                    FilePath = folder,
                };
            }

            if (question["split"] == split)
            {
                kept.Add(WithColumns(example, question, image, CsvTable.Find(sources, image["source"], "sources.csv")));
            }
        }

        return new InMemoryDataset($"real-mini ({split})", kept);
    }

    private static VqaExample WithColumns(VqaExample example, CsvRow question, CsvRow image, CsvRow source) =>
        example with
        {
            Metadata = new Dictionary<string, string>(example.Metadata)
            {
                ["family"] = question["family"],
                ["group"] = question["group"],
                ["split"] = question["split"],
                ["source"] = image["source"],
                ["place"] = image["place"],
                ["basis"] = source["basis"],
            },
        };
}
