using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Finds the domains of a folder: Med-R1's split files where they are, else a split of OmniMedVQA by picture.</summary>
internal sealed class DomainLoader(string data, string? splits, long seed)
{
    private const double TrainFraction = 0.8;
    private IVqaDataset? _raw;
    private DatasetSplit? _split;

    /// <summary>Whether there are split files; otherwise the questions are split here, so that no picture is in both parts.</summary>
    public bool HasSplitFiles => Directory.Exists(Path.Combine(SplitFolder, "modality")) || Directory.Exists(Path.Combine(SplitFolder, "question_type"));

    private string SplitFolder => splits ?? data;

    /// <param name="withPictures">Whether pictures must be there; the blind tables need none.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public IReadOnlyList<DomainFamily> Load(bool withPictures = true, CancellationToken cancellationToken = default)
    {
        if (splits is not null && !HasSplitFiles)
        {
            throw new DirectoryNotFoundException($"'{splits}' has no folder 'modality' or 'question_type'. Give the folder of Med-R1's Splits, or leave --splits out.");
        }

        return
        [
            Family("modality", "modality", ImagingModality.Known.Select(known => known.Value), ReportGrouping.Modality, withPictures, cancellationToken),
            Family("question type", "question_type", QuestionType.Known.Select(known => known.Value), ReportGrouping.QuestionType, withPictures, cancellationToken),
        ];
    }

    private DomainFamily Family(
        string grouping, string folder, IEnumerable<string> names, ReportGrouping key, bool withPictures, CancellationToken cancellationToken)
    {
        List<Domain> domains = [];
        List<string> missing = [];
        foreach (string name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IVqaDataset? train = Part(folder, name, "train", key, withPictures, cancellationToken);
            IVqaDataset? test = Part(folder, name, "test", key, withPictures, cancellationToken);
            if (train is { Count: > 0 } && test is { Count: > 0 })
            {
                domains.Add(new Domain(name, train, test));
            }
            else
            {
                missing.Add(name);
            }
        }

        return new DomainFamily(grouping, domains, missing);
    }

    /// <summary>One part of one domain; null if there is none.</summary>
    public IVqaDataset? Part(string folder, string name, string part, ReportGrouping key, bool withPictures, CancellationToken cancellationToken)
    {
        if (HasSplitFiles)
        {
            string file = Path.Combine(SplitFolder, folder, part, $"{name}_{part}.json");
            MedR1SplitOptions options = new() { MissingImages = withPictures ? MissingImageHandling.Throw : MissingImageHandling.Keep };
            return File.Exists(file) ? MedR1SplitDataset.Load(file, data, options, cancellationToken) : null;
        }

        _raw ??= OmniMedVqaDataset.Load(
            data, new OmniMedVqaOptions { MissingImages = withPictures ? MissingImageHandling.Throw : MissingImageHandling.Keep }, cancellationToken);
        _split ??= _raw.SplitByImage(TrainFraction, seed);
        return (part == "train" ? _split.Train : _split.Test).Where(example => key.GroupOf(example) == name);
    }
}
