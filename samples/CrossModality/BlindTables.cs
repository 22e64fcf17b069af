using System.Globalization;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Computes counts, chance, majority letter and blind option prior of split files, in both groupings, without images.</summary>
internal sealed class BlindTables(DomainLoader loader, TextWriter console)
{
    public void Write(CancellationToken cancellationToken)
    {
        foreach (DomainKind kind in DomainKind.All)
        {
            Dictionary<string, IVqaDataset> train = Parts(kind, "train", cancellationToken);
            Dictionary<string, IVqaDataset> test = Parts(kind, "test", cancellationToken);
            console.WriteLine($"\nBy {kind.Grouping}: questions, images, chance, and always answering one letter\n");
            WriteRow(
                "domain", "train", "test", "test images", "test questions with a training image", "chance %",
                "most frequent training letter %", "best test letter %");
            WriteRow([.. Enumerable.Repeat("---", 8)]);
            foreach (string name in kind.Names.Where(name => train.ContainsKey(name) || test.ContainsKey(name)))
            {
                WriteCounts(name, train.GetValueOrDefault(name), test.GetValueOrDefault(name));
            }

            WritePriors(kind, train, test, exactText: false);
            WritePriors(kind, train, test, exactText: true);
        }
    }

    private Dictionary<string, IVqaDataset> Parts(
        DomainKind kind, string part, CancellationToken cancellationToken) => kind.Names
        .Select(name => (name, Part: loader.Part(kind, name, part, withImages: false, cancellationToken)))
        .Where(pair => pair.Part is { Count: > 0 })
        .ToDictionary(pair => pair.name, pair => pair.Part!);

    private void WriteCounts(string name, IVqaDataset? learnt, IVqaDataset? asked)
    {
        double? chance = asked?.Average(example => 1.0 / example.Options.Count);
        WriteRow(
            DomainLabels.Short(name), Count(learnt?.Count), Count(asked?.Count),
            Count(asked?.Select(ImageOf).Distinct().Count()), Shared(learnt, asked), PerCent(chance),
            PerCent(Letter(learnt, asked)), PerCent(Letter(asked, asked)));
    }

    private void WritePriors(
        DomainKind kind, Dictionary<string, IVqaDataset> train, Dictionary<string, IVqaDataset> test, bool exactText)
    {
        string[] tested = [.. kind.Names.Where(test.ContainsKey)];
        string how = exactText ? ", by exact text" : "";
        console.WriteLine($"\nBlind option prior{how}, %: trained on (rows), tested on (columns)\n");
        WriteRow(["trained on", .. tested.Select(DomainLabels.Short)]);
        WriteRow([.. Enumerable.Repeat("---", tested.Length + 1)]);
        foreach (string name in kind.Names.Where(train.ContainsKey))
        {
            BlindPrior prior = BlindPrior.Fit(train[name], exactText);
            WriteRow(
            [
                DomainLabels.Short(name),
                .. tested.Select(other => PerCent(prior.Evaluate(test[other]).Overall.Accuracy.Value)),
            ]);
        }
    }

    private void WriteRow(params IEnumerable<string> cells) => console.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string ImageOf(VqaExample example) => example.Metadata["image_path"];

    private static double? Letter(IVqaDataset? learnt, IVqaDataset? asked) =>
        learnt is null || asked is null ? null : MajorityLetter.Fit(learnt).Evaluate(asked).Overall.Accuracy.Value;

    private static string Shared(IVqaDataset? train, IVqaDataset? test)
    {
        HashSet<string> images = [.. train?.Select(ImageOf) ?? []];
        return train is null || test is null
            ? "–"
            : test.Count(example => images.Contains(ImageOf(example))).ToString("N0", CultureInfo.InvariantCulture);
    }

    private static string Count(int? questions) => questions?.ToString("N0", CultureInfo.InvariantCulture) ?? "no file";

    private static string PerCent(double? share) => (share * 100)?.ToString("F1", CultureInfo.InvariantCulture) ?? "–";
}
