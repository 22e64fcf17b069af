namespace MedR1.Datasets;

/// <summary>
/// OmniMedVQA as unpacked (arXiv 2402.09181): <c>QA_information/Open-access/*.json</c> next to <c>Images/</c>. An example's
/// metadata contains <c>image_path</c>, <c>access</c> and <c>gt_answer</c>, the answer as written in the file.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class OmniMedVqaDataset : LoadedDataset
{
    private const string AnnotationFolder = "QA_information";

    private OmniMedVqaDataset(List<VqaExample> examples, MissingImages missingImages, int unmatchedAnswers)
        : base("OmniMedVQA", examples, missingImages) => UnmatchedAnswers = unmatchedAnswers;

    /// <summary>Number of questions left out because their answer is not among their options.</summary>
    public int UnmatchedAnswers { get; }

    /// <summary>Reads the annotations and checks that the images exist, without opening them.</summary>
    /// <param name="folder">The folder that contains <c>QA_information</c> and <c>Images</c>, or its parent.</param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The folder, a file, an item or an image is missing or invalid.</exception>
    public static OmniMedVqaDataset Load(
        string folder, OmniMedVqaOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        DatasetFiles.RequireFolder(folder);
        options ??= new OmniMedVqaOptions();
        string root = FindRoot(folder);
        MissingImageCounter images = new(root, options.MissingImages);
        List<VqaExample> examples = [];
        int unmatched = 0;
        foreach ((string access, string file) in AnnotationFiles(root, options.Access))
        {
            foreach (JsonItem item in JsonItems.Read(file))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (OmniMedVqaItem.Read(item, root, access, options.SkipUnmatchedAnswers) is not VqaExample example)
                {
                    unmatched++;
                }
                else if (images.Keeps(example.Metadata["image_path"]))
                {
                    examples.Add(example);
                }
            }
        }

        images.ThrowIfNotAllowed();
        return new OmniMedVqaDataset(examples, images.Result, unmatched);
    }

    private static string FindRoot(string folder)
    {
        string[] candidates = [folder, Path.Combine(folder, "OmniMedVQA")];
        return candidates.FirstOrDefault(candidate => Directory.Exists(Path.Combine(candidate, AnnotationFolder)))
            ?? throw new DatasetException(
                $"'{folder}' has no folder '{AnnotationFolder}'. Give the folder that OmniMedVQA.zip unpacks to: it "
                + $"contains '{AnnotationFolder}' and 'Images'.")
            {
                FilePath = folder,
            };
    }

    private static IEnumerable<(string Access, string File)> AnnotationFiles(string root, OmniMedVqaAccess wanted)
    {
        int found = 0;
        foreach ((OmniMedVqaAccess part, string name) in
            new[] { (OmniMedVqaAccess.Open, "Open-access"), (OmniMedVqaAccess.Restricted, "Restricted-access") })
        {
            string folder = Path.Combine(root, AnnotationFolder, name);
            if (wanted.HasFlag(part) && Directory.Exists(folder))
            {
                foreach (string file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
                {
                    found++;
                    yield return (name, file);
                }
            }
        }

        if (found == 0)
        {
            throw new DatasetException(
                $"'{Path.Combine(root, AnnotationFolder)}' has no .json file for access {wanted}. Unpack "
                + "OmniMedVQA again, or set Access.")
            {
                FilePath = root,
            };
        }
    }
}
