using System.CommandLine;
using MedR1.Samples;
using MedR1.Samples.QuickStart;
using MedR1.Samples.SftBaseline;

Option<DirectoryInfo?> data = new("--data") { Description = "A folder of OmniMedVQA; the repository's real-mini by default." };
Option<DirectoryInfo?> checkpoint = new("--checkpoint") { Description = "The checkpoint to start from; the base that ships by default." };
Option<int> steps = new("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => 200 };
Option<int> examples = new("--examples-per-step") { Description = "Examples behind a step.", DefaultValueFactory = _ => 32 };
Option<double> rate = new("--learning-rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => 4e-4 };
Option<int> questions = new("--questions") { Description = "Test questions to ask before and after.", DefaultValueFactory = _ => 500 };
Option<int> seed = new("--seed") { Description = "Where all random choices start.", DefaultValueFactory = _ => 1 };
Option<DirectoryInfo> output = new("--output")
{
    Description = "Where checkpoints and measurements go.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("runs", "sft-baseline")),
};

OptionRules.ExistingFolder(data, checkpoint);
OptionRules.AtLeast(1, steps, examples, questions);

RootCommand root = new("Teaches a Qwen2-VL the right answers: the supervised baseline that GRPO is compared with.")
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
