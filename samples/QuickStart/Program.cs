using System.CommandLine;
using MedR1.Samples;
using MedR1.Samples.QuickStart;

Option<DirectoryInfo?> data = new("--data") { Description = "The folder of real-mini; by default the repository's." };
Option<DirectoryInfo?> checkpoint = new("--checkpoint") { Description = "The checkpoint to start from; by default the shipped base." };
Option<int> seed = new("--seed") { Description = "The seed of all random choices.", DefaultValueFactory = _ => 1 };
Option<int> steps = new("--steps") { Description = "Optimizer steps of GRPO.", DefaultValueFactory = _ => QuickStartSettings.DefaultSteps };
Option<double> rate = new("--learning-rate") { Description = "The peak learning rate of GRPO.", DefaultValueFactory = _ => QuickStartSettings.DefaultLearningRate };
Option<int> prompts = new("--prompts-per-step")
{
    Description = "Questions per step.",
    DefaultValueFactory = _ => QuickStartSettings.DefaultPromptsPerStep,
};
Option<int> group = new("--group-size")
{
    Description = "Answers per question.",
    DefaultValueFactory = _ => QuickStartSettings.DefaultGroupSize,
};
Option<double> kl = new("--kl-coefficient")
{
    Description = "The weight of the KL divergence from the base; 0 makes steps faster, but the model abandons answers for good.",
    DefaultValueFactory = _ => QuickStartSettings.DefaultKlCoefficient,
};
Option<bool> augment = new("--augment-images")
{
    Description = "Shows each image slightly differently each time; worthwhile in longer runs, such as --steps 2000.",
};
Option<bool> noControl = new("--no-control") { Description = "Leaves out the second training, on blank images." };
Option<DirectoryInfo> output = new("--output")
{
    Description = "The folder for curves, completions, checkpoint and summary.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("runs", "quick-start")),
};

OptionRules.ExistingFolder(data, checkpoint);
OptionRules.AtLeast(1, steps, prompts);
// A group of one has nothing to compare with.
OptionRules.AtLeast(2, group);

RootCommand root = new("Trains a small Qwen2-VL by GRPO on real medical images and shows what it learnt.")
{
    data, checkpoint, seed, steps, rate, prompts, group, kl, augment, noControl, output,
};
root.SetAction((result, cancellationToken) => Mistakes.ReportAsync(() =>
{
    QuickStartSettings settings = new(
        result.GetValue(data)?.FullName ?? RepositoryFolder.Find("data", "real-mini"),
        result.GetValue(checkpoint)?.FullName ?? RepositoryFolder.Find("samples", "QuickStart", "base"),
        result.GetValue(output)!.FullName,
        result.GetValue(steps),
        result.GetValue(seed))
    {
        LearningRate = result.GetValue(rate),
        PromptsPerStep = result.GetValue(prompts),
        GroupSize = result.GetValue(group),
        KlCoefficient = result.GetValue(kl),
        AugmentsImages = result.GetValue(augment),
        WithControl = !result.GetValue(noControl),
    };
    return new QuickStartRun(settings, Console.Out).RunAsync(cancellationToken);
}));
return await root.Parse(args).InvokeAsync();
