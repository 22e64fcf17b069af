namespace MedR1.Datasets;

/// <summary>
/// VQA-RAD as published (Lau et al. 2018): one JSON file next to the folder of its images. Questions are open; an example's
/// metadata contains <c>split</c>, <c>answer_type</c> (trimmed: some have a trailing space in the file), <c>question_type</c>,
/// <c>image_organ</c> and <c>phrase_type</c>.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class VqaRadDataset : LoadedDataset
{
    private VqaRadDataset(List<VqaExample> examples, MissingImages missingImages)
        : base("VQA-RAD", examples, missingImages)
    {
    }

    /// <summary>Reads the questions and checks that the images exist, without opening them.</summary>
    /// <param name="folder">The folder that contains the file and the image folder.</param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The folder, the file, an item or an image is missing or invalid.</exception>
    public static VqaRadDataset Load(
        string folder, VqaRadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new VqaRadOptions();
        string imageRoot = Path.Combine(folder, options.ImageFolder);
        MissingImageCounter images = new(imageRoot, options.MissingImages);
        List<VqaExample> examples = [];
        foreach (JsonItem item in JsonItems.Read(DatasetFiles.Find(folder, options.AnnotationFile)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string phrase = item.Text("phrase_type");
            VqaRadSplit split = phrase.StartsWith("test", StringComparison.Ordinal) ? VqaRadSplit.Test : VqaRadSplit.Train;
            if (!options.Split.HasFlag(split))
            {
                continue;
            }

            string imageName = item.RelativePath("image_name");
            VqaExample example = Read(item, phrase, split) with
            {
                Images = [new FileImageSource(Path.Combine(imageRoot, imageName))],
            };
            if (images.Keeps(imageName))
            {
                examples.Add(example);
            }
        }

        images.ThrowIfNotAllowed();
        return new VqaRadDataset(examples, images.Result);
    }

    private static VqaExample Read(JsonItem item, string phrase, VqaRadSplit split) => new()
    {
        Id = item.Has("qid") ? item.TextOrNumber("qid") : $"VQA-RAD/{item.Index}",
        Question = item.Text("question"),
        Answer = item.TextOrNumber("answer"),
        QuestionType = new QuestionType(item.Text("question_type").Trim()),
        Dataset = "VQA-RAD",
        Metadata = new Dictionary<string, string>(5)
        {
            ["split"] = split == VqaRadSplit.Test ? "test" : "train",
            ["answer_type"] = item.Text("answer_type").Trim(),
            ["question_type"] = item.Text("question_type"),
            ["image_organ"] = item.Text("image_organ"),
            ["phrase_type"] = phrase,
        },
    };
}
