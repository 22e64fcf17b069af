namespace MedR1.Datasets;

/// <summary>
/// A file in the form that MedVLM-R1 released (arXiv 2502.19634): a JSON array of <c>image</c> (a list of paths), <c>problem</c>,
/// <c>solution</c> (a letter), <c>question</c>, <c>options</c>, <c>answer</c> (a text), <c>dataset</c> and <c>subset</c>. An
/// example's metadata contains <c>problem</c>, the text with <c>\nA) …</c> that MedVLM-R1 uses as its question, and <c>answer</c>.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class MedVlmR1Dataset : LoadedDataset
{
    private MedVlmR1Dataset(string name, List<VqaExample> examples, MissingImages missingImages)
        : base(name, examples, missingImages)
    {
    }

    /// <summary>Reads a file and checks that its images exist, without opening them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="imageRoot">The folder that paths in the file are relative to.</param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The file, an item or an image is missing or invalid.</exception>
    public static MedVlmR1Dataset Load(
        string file, string imageRoot, MedVlmR1Options? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(imageRoot);
        MissingImageCounter images = new(imageRoot, (options ?? new MedVlmR1Options()).MissingImages);
        string name = Path.GetFileNameWithoutExtension(file);
        List<VqaExample> examples = [];
        foreach (JsonItem item in JsonItems.Read(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] paths = item.RelativePaths("image");
            VqaExample example = Read(item, name) with
            {
                Images = [.. paths.Select(path => new FileImageSource(Path.Combine(imageRoot, path)))],
            };
            if (images.Keeps(paths))
            {
                examples.Add(example);
            }
        }

        images.ThrowIfNotAllowed();
        return new MedVlmR1Dataset(name, examples, images.Result);
    }

    private static VqaExample Read(JsonItem item, string name)
    {
        string[] options = item.Texts("options");
        string solution = item.Text("solution");
        int answer = OptionLetters.IndexOf(AnswerTags.StrippedOrWhole(solution)) is int index && index < options.Length
            ? index
            : throw item.Fault("solution", $"'{solution}' is not the letter of one of the {options.Length} options.");
        Dictionary<string, string> metadata = new(3);
        foreach (string field in (ReadOnlySpan<string>)["problem", "answer", "subset"])
        {
            if (item.OptionalText(field) is string text)
            {
                metadata.Add(field, text);
            }
        }

        return new VqaExample
        {
            Id = $"{name}/{item.Index}",
            Question = item.Text("question"),
            Options = options,
            Answer = options[answer],
            AnswerIndex = answer,
            Modality = item.OptionalText("subset") is string subset ? ModalityNames.Find(subset) : null,
            Dataset = item.OptionalText("dataset"),
            Metadata = metadata,
        };
    }
}
