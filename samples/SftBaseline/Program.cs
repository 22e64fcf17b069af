using System.CommandLine;
using MedR1.Samples;
using MedR1.Samples.QuickStart;
using MedR1.Samples.SftBaseline;

Option<DirectoryInfo?> data = new("--data") { Description = "A folder of OmniMedVQA; by default the repository's real-mini." };
Option<DirectoryInfo?> checkpoint = new("--checkpoint") { Description = "The checkpoint to start from; by default the shipped base." };
Option<int> steps = new("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => 200 };
Option<int> examples = new("--examples-per-step") { Description = "Examples per step.", DefaultValueFactory = _ => 32 };
Option<double> rate = new("--learning-rate") { Description = "The peak learning rate.", DefaultValueFactory = _ => 4e-4 };
Option<int> questions = new("--questions") { Description = "Test questions to ask before and after.", DefaultValueFactory = _ => 500 };
Option<int> seed = new("--seed") { Description = "The seed of all random choices.", DefaultValueFactory = _ => 1 };
Option<DirectoryInfo> output = new("--output")
{
    Description = "The folder for checkpoints and metrics.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("runs", "sft-baseline")),
};

OptionRules.ExistingFolder(data, checkpoint);
OptionRules.AtLeast(1, steps, examples, questions);

RootCommand root = new("Trains a Qwen2-VL on the right answers: the supervised baseline for GRPO.")
{
    data, checkpoint, steps, examples, rate, questions, seed, output,
};
root.SetAction((result, cancellationToken) => Mistakes.ReportAsync(() =>
{
    SftBaselineSettings settings = new(
        result.GetValue(data)?.FullName ?? RepositoryFolder.Find("data", "real-mini"),
        result.GetValue(checkpoint)?.FullName ?? RepositoryFolder.Find("samples", "QuickStart", "base"),
        result.GetValue(output)!.FullName)
    {
        Steps = result.GetValue(steps),
        ExamplesPerStep = result.GetValue(examples),
        LearningRate = result.GetValue(rate),
        Questions = result.GetValue(questions),
        Seed = result.GetValue(seed),
    };
    return new SftBaselineRun(settings, Console.Out).RunAsync(cancellationToken);
}));
return await root.Parse(args).InvokeAsync();
