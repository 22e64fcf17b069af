using System.Globalization;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Counts, chance, majority letter and the blind option prior of split files, in both directions, without any picture.</summary>
internal sealed class BlindTables(DomainLoader loader, TextWriter console)
{
    public void Write(CancellationToken cancellationToken)
    {
        Write("modality", "modality", [.. ImagingModality.Known.Select(known => known.Value)], ReportGrouping.Modality, cancellationToken);
        Write("question type", "question_type", [.. QuestionType.Known.Select(known => known.Value)], ReportGrouping.QuestionType, cancellationToken);
    }

    private void Write(string grouping, string folder, string[] names, ReportGrouping key, CancellationToken cancellationToken)
    {
        Dictionary<string, IVqaDataset> train = Parts("train");
        Dictionary<string, IVqaDataset> test = Parts("test");
        console.WriteLine($"\nBy {grouping}: questions, pictures, chance, and saying one letter always\n");
        console.WriteLine(
            "| domain | train | test | test pictures | test questions with a training picture | chance % | letter most frequent in training % | best letter of the test % |\n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (string name in names.Where(name => train.ContainsKey(name) || test.ContainsKey(name)))
        {
            IVqaDataset? learnt = train.GetValueOrDefault(name);
            IVqaDataset? asked = test.GetValueOrDefault(name);
            double? chance = asked?.Average(example => 1.0 / example.Options.Count);
            double? letter = learnt is null || asked is null ? null : MajorityLetter.Fit(learnt).Evaluate(asked).Overall.Accuracy.Value;
            double? best = asked is null ? null : MajorityLetter.Fit(asked).Evaluate(asked).Overall.Accuracy.Value;
            console.WriteLine(
                $"| {DomainLabels.Short(name)} | {Count(learnt)} | {Count(asked)} | {asked?.Select(PictureOf).Distinct().Count():N0} | {Shared(learnt, asked)} "
                + $"| {PerCent(chance)} | {PerCent(letter)} | {PerCent(best)} |");
        }

        foreach (bool exactText in (bool[])[false, true])
        {
            string[] tested = [.. names.Where(test.ContainsKey)];
            console.WriteLine($"\nBlind option prior{(exactText ? ", by exact text" : "")}, %: rows trained, columns tested\n");
            console.WriteLine($"| trained on | {string.Join(" | ", tested.Select(DomainLabels.Short))} |\n| --- |{string.Concat(tested.Select(_ => " --- |"))}");
            foreach (string name in names.Where(train.ContainsKey))
            {
                BlindPrior prior = BlindPrior.Fit(train[name], exactText);
                console.WriteLine(
                    $"| {DomainLabels.Short(name)} | {string.Join(" | ", tested.Select(other => PerCent(prior.Evaluate(test[other]).Overall.Accuracy.Value)))} |");
            }
        }

        Dictionary<string, IVqaDataset> Parts(string part) => names
            .Select(name => (name, Part: loader.Part(folder, name, part, key, withPictures: false, cancellationToken)))
            .Where(pair => pair.Part is { Count: > 0 })
            .ToDictionary(pair => pair.name, pair => pair.Part!);
    }

    private static string PictureOf(VqaExample example) => example.Metadata["image_path"];

    private static string Shared(IVqaDataset? train, IVqaDataset? test)
    {
        HashSet<string> pictures = [.. train?.Select(PictureOf) ?? []];
        return train is null || test is null ? "–" : test.Count(example => pictures.Contains(PictureOf(example))).ToString("N0", CultureInfo.InvariantCulture);
    }

    private static string Count(IVqaDataset? dataset) => dataset is null ? "no file" : dataset.Count.ToString("N0", CultureInfo.InvariantCulture);

    private static string PerCent(double? share) => share is double value ? (value * 100).ToString("F1", CultureInfo.InvariantCulture) : "–";
}
