namespace MedR1.Datasets;

/// <summary>
/// SLAKE 1.0 as published (arXiv 2102.09542): one JSON file per split next to <c>imgs/</c>. Questions are open, English and
/// Chinese; an example's metadata contains <c>language</c>, <c>modality</c> as written in the file, <c>answer_type</c>,
/// <c>content_type</c>, <c>location</c>, <c>base_type</c> and <c>split</c>. Its <see cref="VqaExample.Modality"/> is the
/// corresponding modality of OmniMedVQA.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class SlakeDataset : LoadedDataset
{
    private const string ImageFolder = "imgs";

    private SlakeDataset(string split, List<VqaExample> examples, MissingImages missingImages)
        : base($"SLAKE ({split})", examples, missingImages)
    {
    }

    /// <summary>Reads a split and checks that its images exist, without opening them.</summary>
    /// <param name="folder">The folder that contains the files and <c>imgs</c>: <c>Slake1.0</c>.</param>
    /// <param name="split">Which file.</param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The folder, the file, an item or an image is missing or invalid.</exception>
    public static SlakeDataset Load(
        string folder, SlakeSplit split, SlakeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new SlakeOptions();
        string name = split.ToString().ToLowerInvariant();
        string file = split == SlakeSplit.Validation
            ? DatasetFiles.Find(folder, "validate.json", "validation.json")
            : DatasetFiles.Find(folder, $"{name}.json");
        string imageRoot = Path.Combine(folder, ImageFolder);
        MissingImageCounter images = new(imageRoot, options.MissingImages);
        List<VqaExample> examples = [];
        foreach (JsonItem item in JsonItems.Read(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Language is not null && item.Text("q_lang") != options.Language)
            {
                continue;
            }

            string imageName = item.RelativePath("img_name");
            VqaExample example = Read(item, name) with
            {
                Images = [new FileImageSource(Path.Combine(imageRoot, imageName))],
            };
            if (images.Keeps(imageName))
            {
                examples.Add(example);
            }
        }

        images.ThrowIfNotAllowed();
        return new SlakeDataset(name, examples, images.Result);
    }

    private static VqaExample Read(JsonItem item, string split)
    {
        Dictionary<string, string> metadata = new(7)
        {
            ["split"] = split,
            ["language"] = item.Text("q_lang"),
            ["modality"] = item.Text("modality"),
            ["answer_type"] = item.Text("answer_type").Trim(),
        };
        foreach (string field in (ReadOnlySpan<string>)["content_type", "location", "base_type"])
        {
            if (item.OptionalText(field) is string text)
            {
                metadata.Add(field, text);
            }
        }

        return new VqaExample
        {
            Id = item.TextOrNumber("qid"),
            Question = item.Text("question"),
            Answer = item.TextOrNumber("answer"),
            Modality = ModalityNames.Find(metadata["modality"]),
            QuestionType = metadata.TryGetValue("content_type", out string? type) ? new QuestionType(type) : null,
            Dataset = "SLAKE",
            Metadata = metadata,
        };
    }
}
