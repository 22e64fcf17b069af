using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Finds the domains of a folder: Med-R1's split files, or else a split of OmniMedVQA by image.</summary>
internal sealed class DomainLoader(string data, string? splits, long seed)
{
    private const double TrainFraction = 0.8;
    private IVqaDataset? _raw;
    private DatasetSplit? _split;

    /// <summary>Whether there are split files; otherwise the questions are split here, with no image in both parts.</summary>
    public bool HasSplitFiles =>
        Directory.Exists(Path.Combine(SplitFolder, "modality"))
        || Directory.Exists(Path.Combine(SplitFolder, "question_type"));

    private string SplitFolder => splits ?? data;

    /// <param name="withImages">Whether images are required; the blind tables need none.</param>
    /// <param name="cancellationToken">Cancels between files.</param>
    public IReadOnlyList<DomainFamily> Load(bool withImages = true, CancellationToken cancellationToken = default)
    {
        if (splits is not null && !HasSplitFiles)
        {
            throw new DirectoryNotFoundException(
                $"'{splits}' has no folder 'modality' or 'question_type'. Give the folder of Med-R1's "
                + "Splits, or leave --splits out.");
        }

        return [.. DomainKind.All.Select(kind => Family(kind, withImages, cancellationToken))];
    }

    private DomainFamily Family(DomainKind kind, bool withImages, CancellationToken cancellationToken)
    {
        List<Domain> domains = [];
        List<string> missing = [];
        foreach (string name in kind.Names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IVqaDataset? train = Part(kind, name, "train", withImages, cancellationToken);
            IVqaDataset? test = Part(kind, name, "test", withImages, cancellationToken);
            if (train is { Count: > 0 } && test is { Count: > 0 })
            {
                domains.Add(new Domain(name, train, test));
            }
            else
            {
                missing.Add(name);
            }
        }

        return new DomainFamily(kind.Grouping, domains, missing);
    }

    /// <summary>One part of one domain; null if there is none.</summary>
    public IVqaDataset? Part(
        DomainKind kind, string name, string part, bool withImages, CancellationToken cancellationToken)
    {
        MissingImageHandling missing = withImages ? MissingImageHandling.Throw : MissingImageHandling.Keep;
        if (HasSplitFiles)
        {
            string file = Path.Combine(SplitFolder, kind.Folder, part, $"{name}_{part}.json");
            return File.Exists(file)
                ? MedR1SplitDataset.Load(file, data, new MedR1SplitOptions { MissingImages = missing }, cancellationToken)
                : null;
        }

        _raw ??= OmniMedVqaDataset.Load(data, new OmniMedVqaOptions { MissingImages = missing }, cancellationToken);
        _split ??= _raw.SplitByImage(TrainFraction, seed);
        return (part == "train" ? _split.Train : _split.Test).Where(example => kind.Key.GroupOf(example) == name);
    }
}
