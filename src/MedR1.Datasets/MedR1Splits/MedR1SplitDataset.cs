namespace MedR1.Datasets;

/// <summary>
/// A split file in the form that Med-R1 released: a JSON array of <c>{"image", "problem", "solution"}</c>. An example's
/// <see cref="VqaExample.Problem"/> and <see cref="VqaExample.Solution"/> reproduce the file's texts; its metadata contains
/// <c>image_path</c>. <see cref="LoadedDataset.Name"/> is the file's name without its extension.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class MedR1SplitDataset : LoadedDataset
{
    private MedR1SplitDataset(string name, List<VqaExample> examples, MissingImages missingImages)
        : base(name, examples, missingImages)
    {
    }

    /// <summary>Reads a split file and checks that its images exist, without opening them.</summary>
    /// <param name="file">The file, such as <c>modality/train/X-Ray_train.json</c>.</param>
    /// <param name="imageRoot">The folder that image paths in the file are relative to: the one that contains <c>Images</c>.</param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The file, an item or an image is missing or invalid.</exception>
    public static MedR1SplitDataset Load(
        string file, string imageRoot, MedR1SplitOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(imageRoot);
        options ??= new MedR1SplitOptions();
        string name = Path.GetFileNameWithoutExtension(file);
        string subject = SubjectOf(name);
        ImagingModality? modality = options.Modality ?? ModalityNames.FindKnown(subject);
        QuestionType? questionType = options.QuestionType ?? Known(QuestionType.Known, known => known.Value == subject);
        MissingImageCounter images = new(imageRoot, options.MissingImages);
        List<VqaExample> examples = [];
        foreach (JsonItem item in JsonItems.Read(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string imagePath = item.RelativePath("image");
            FileImageSource image = new(Path.Combine(imageRoot, imagePath));
            VqaExample example =
                Read(item, name, imagePath, image) with { Modality = modality, QuestionType = questionType };
            if (images.Keeps(imagePath))
            {
                examples.Add(example);
            }
        }

        images.ThrowIfNotAllowed();
        return new MedR1SplitDataset(name, examples, images.Result);
    }

    private static VqaExample Read(JsonItem item, string name, string imagePath, FileImageSource image)
    {
        MedR1Problem problem = MedR1Problem.Parse(item.Text("problem"));
        if (problem.Options.Count == 0)
        {
            throw item.Fault("problem", "no options: ' A)' not found.");
        }

        string solution = item.Text("solution");
        string letter = AnswerTags.StrippedOrWhole(solution);
        if (OptionLetters.IndexOf(letter) is not int answer || answer >= problem.Options.Count)
        {
            string last = OptionLetters.Of(problem.Options.Count - 1);
            throw item.Fault("solution", $"'{solution}' is none of the options A to {last}.");
        }

        return new VqaExample
        {
            Id = $"{name}/{item.Index}",
            Question = problem.Question,
            Options = problem.Options,
            Answer = problem.Options[answer],
            AnswerIndex = answer,
            Images = [image],
            Dataset = imagePath.Split('/') is ["Images", string dataset, _, ..] ? dataset : null,
            Metadata = new Dictionary<string, string>(1) { ["image_path"] = imagePath },
        };
    }

    private static string SubjectOf(string name)
    {
        foreach (string ending in (ReadOnlySpan<string>)["_train", "_test"])
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                return name[..^ending.Length];
            }
        }

        return name;
    }

    private static T? Known<T>(IReadOnlyList<T> known, Func<T, bool> condition)
        where T : struct
    {
        foreach (T one in known)
        {
            if (condition(one))
            {
                return one;
            }
        }

        return null;
    }
}
