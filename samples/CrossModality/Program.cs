using System.CommandLine;
using MedR1.Datasets;
using MedR1.Evaluation;
using MedR1.Evaluation.Reports;
using MedR1.Samples;
using MedR1.Samples.CrossModality;
using MedR1.Samples.QuickStart;
using static TorchSharp.torch;

Option<DirectoryInfo?> data = new("--data")
{
    Description = "The folder of OmniMedVQA, or one in Med-R1's format with images; by default real-mini.",
};
Option<DirectoryInfo?> splits = new("--splits")
{
    Description = "Med-R1's Splits folder; by default that of --data, otherwise questions are split by image.",
};
Option<DirectoryInfo?> checkpoint = new("--checkpoint")
{
    Description = "The checkpoint to start from; by default the small shipped base.",
};
Option<DirectoryInfo?> larger = new("--larger")
{
    Description = "A larger checkpoint for the comparison; by default the shipped one with the shipped base, otherwise none.",
};
Option<bool> noLarger = new("--no-larger") { Description = "Leaves out the shipped larger checkpoint." };
Option<bool> noPhantoms = new("--no-phantoms")
{
    Description = "Leaves out the synthetic domains, OCT and dermoscopy, which come only with the shipped data.",
};
Option<DirectoryInfo> output = new("--output")
{
    Description = "The folder for cells and report. The same command resumes a stopped run.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("runs", "cross-modality")),
};
Option<int?> steps = new("--steps")
{
    Description = "Optimizer steps of each training; by default 20 with the shipped base, otherwise one epoch.",
};
Option<int> seed = new("--seed") { Description = "The seed of all random choices.", DefaultValueFactory = _ => 1 };
Option<int?> limit = new("--test-limit")
{
    Description = "The maximum number of test questions per domain, for a first try.",
};
Option<string?> style = new("--style")
{
    Description = "How to ask: option-text (the shipped base's), think or no-think (Med-R1's).",
};
Option<string?> only = new("--only") { Description = "Only the domains of one kind." };
Option<string[]> domains = new("--domains")
{
    Description = "Only these domains, such as CT X-ray.",
    AllowMultipleArgumentsPerToken = true,
};
only.AcceptOnlyFromAmong("modality", "question-type");
style.AcceptOnlyFromAmong([.. AnswerStyle.All.Select(one => one.Name)]);
Option<double?> rate = new("--learning-rate")
{
    Description = "GRPO's peak learning rate; by default 4e-4 with the shipped base, otherwise 1e-6.",
};
Option<double?> supervisedRate = new("--sft-learning-rate")
{
    Description = "SFT's peak learning rate; by default 5e-4 with the shipped base, otherwise 2e-5.",
};
Option<string> device = new("--device")
{
    Description = "cpu, or cuda with an external libtorch.",
    DefaultValueFactory = _ => "cpu",
};
Option<bool> scoreOptions = new("--score-options")
{
    Description = "Also scores the options' probabilities: OmniMedVQA's prefix score and calibration.",
};
Option<bool> keep = new("--keep-checkpoints")
{
    Description = "Keeps the checkpoint of every training; otherwise it is deleted when its row is finished.",
};

OptionRules.ExistingFolder(data, splits, checkpoint, larger);
OptionRules.AtLeast(1, steps, limit);
OptionRules.Without(DeviceName.MistakeIn, device);

RootCommand root = new(
    "Runs Med-R1's cross-domain protocol: one model for each modality and question type, tested on all, next to baselines "
    + "that see no image.")
{
    data, splits, noPhantoms, checkpoint, larger, noLarger, output, steps, seed, limit, style, only, domains, rate, supervisedRate,
    device, scoreOptions, keep,
};
root.SetAction((result, cancellationToken) => Mistakes.ReportAsync(async () =>
{
    bool isShippedData = result.GetValue(data) is null && result.GetValue(splits) is null;
    bool isShipped = result.GetValue(checkpoint) is null;
    bool withShippedLarger = isShipped && result.GetValue(larger) is null && !result.GetValue(noLarger);
    ProtocolSettings defaults = isShipped
        ? new ProtocolSettings
        {
            Data = "",
            Checkpoint = "",
            Output = "",
            Style = AnswerStyle.OptionText,
            Steps = 20,
            PromptsPerStep = 32,
            GroupSize = 8,
            ExamplesPerStep = 32,
            LearningRate = 4e-4,
            SupervisedLearningRate = 5e-4,
            KlCoefficient = 0,
            MaxNewTokens = 24,
            BatchSize = 128,
        }
        : new ProtocolSettings { Data = "", Checkpoint = "", Output = "", Style = AnswerStyle.Think };
    ProtocolSettings settings = defaults with
    {
        Data = result.GetValue(data)?.FullName ?? RepositoryFolder.Find("data", "real-mini"),
        Splits = result.GetValue(splits)?.FullName,
        WithPhantoms = isShippedData && !result.GetValue(noPhantoms),
        Checkpoint = result.GetValue(checkpoint)?.FullName ?? RepositoryFolder.Find("samples", "QuickStart", "base"),
        LargerCheckpoint = result.GetValue(larger)?.FullName
            ?? (withShippedLarger ? RepositoryFolder.Find("samples", "CrossModality", "larger") : null),
        // Stored in bfloat16 to be small, but computes in float32 like the base.
        LargerDataType = withShippedLarger ? ScalarType.Float32 : null,
        Output = result.GetValue(output)!.FullName,
        Style = AnswerStyle.All.FirstOrDefault(one => one.Name == result.GetValue(style)) ?? defaults.Style,
        Steps = result.GetValue(steps) ?? defaults.Steps,
        Seed = result.GetValue(seed),
        TestLimit = result.GetValue(limit),
        Only = result.GetValue(only),
        Domains = result.GetValue(domains) ?? [],
        LearningRate = result.GetValue(rate) ?? defaults.LearningRate,
        SupervisedLearningRate = result.GetValue(supervisedRate) ?? defaults.SupervisedLearningRate,
        Device = result.GetValue(device)!,
        ScoresOptions = result.GetValue(scoreOptions),
        KeepCheckpoints = result.GetValue(keep),
    };
    CrossDomainReport report = await ProtocolRun.RunAsync(settings, Console.Out, cancellationToken);
    foreach (TransferReport transfer in report.Transfers)
    {
        string real = transfer.SyntheticDomains.Count > 0 ? " over the domains with real images" : "";
        Console.WriteLine($"\nBy {transfer.Grouping}, mean accuracy in %{real}: same domain, other domains");
        foreach (MethodScore row in transfer.Comparison)
        {
            Console.WriteLine($"{row.Name,-40} {row.Means.Diagonal * 100,6:F1} {row.Means.OffDiagonal * 100,6:F1}");
        }
    }

    Console.WriteLine($"\nThe report is {Path.Combine(settings.Output, "report", "report.html")}.");
}, whenStopped: "Stopped. The same command continues after the last finished cell."));

Command blind = new(
    "blind",
    "Prints counts, chance, majority letter and blind option prior of split files, in both groupings. Needs no images.")
{
    data, splits,
};
blind.SetAction((result, cancellationToken) => Mistakes.ReportAsync(() =>
{
    string folder = result.GetValue(data)?.FullName ?? RepositoryFolder.Find("data", "real-mini");
    DomainLoader loader = new(folder, result.GetValue(splits)?.FullName, seed: 1);
    new BlindTables(loader, Console.Out).Write(cancellationToken);
    return Task.CompletedTask;
}));
root.Subcommands.Add(blind);

Argument<FileInfo> first = new("first")
{
    Description = "A cell's report, such as cells/modality/zero-shot/X-Ray.json.",
};
Argument<FileInfo> second = new("second") { Description = "Another report about the same questions." };
Argument<DirectoryInfo> folder = new("folder") { Description = "The folder for comparison.html and comparison.md." };
first.AcceptExistingOnly();
second.AcceptExistingOnly();
Command compare = new(
    "compare", "Shows what changed from one report to another: question by question, by group, with McNemar's test.")
{
    first, second, folder,
};
compare.SetAction((result, _) => Mistakes.ReportAsync(() =>
{
    ReportComparison comparison = ReportComparison.Compare(
        ReportFile.Load(result.GetValue(first)!.FullName), ReportFile.Load(result.GetValue(second)!.FullName));
    ReportWriter.Save(comparison, result.GetValue(folder)!.FullName);
    McNemarTest test = comparison.Overall;
    Console.WriteLine(
        $"{test.OnlySecondCorrect} newly correct, {test.OnlyFirstCorrect} newly incorrect of {test.Count}: "
        + $"{test.Difference * 100:+0.0;-0.0} points, p = {test.ExactPValue:G3} (exact), "
        + $"{test.CorrectedChiSquarePValue:G3} (corrected χ²).");
    return Task.CompletedTask;
}));
root.Subcommands.Add(compare);

// A step of a large model takes longer than the two seconds that a program has to stop by default.
InvocationConfiguration invocation = new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
return await root.Parse(args).InvokeAsync(invocation);
