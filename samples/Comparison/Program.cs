using System.CommandLine;
using MedR1.Samples;
using MedR1.Samples.Comparison;
using MedR1.Samples.QuickStart;

Option<DirectoryInfo?> data = new("--data") { Description = "The folder of real-mini; by default the repository's." };
Option<DirectoryInfo?> start = new("--base") { Description = "The checkpoint that every method starts from; by default the shipped base." };
Option<int> seeds = new("--seeds") { Description = "The number of seeds, counted from 1.", DefaultValueFactory = _ => 3 };
Option<int> steps = new("--steps") { Description = "Optimizer steps per method.", DefaultValueFactory = _ => ComparisonSettings.DefaultSteps };
Option<string[]> methods = new("--methods")
{
    Description = "Only these methods: zero-shot sft grpo grpo-blank grpo-think ppo.", AllowMultipleArgumentsPerToken = true,
};
methods.AcceptOnlyFromAmong([.. Method.All.Select(method => method.Name)]);
Option<int?> limit = new("--test-limit") { Description = "The maximum number of test questions, for a first try." };
Option<DirectoryInfo> output = new("--output")
{
    Description = "The folder for cells, table and figure. The same command resumes a stopped run.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("runs", "comparison")),
};
OptionRules.ExistingFolder(data, start);
OptionRules.AtLeast(1, seeds, steps, limit);

RootCommand root = new("Compares ways to train on the quick start's data: zero-shot, SFT, GRPO, GRPO on blank images, GRPO with thinking, PPO.")
{
    data, start, seeds, steps, methods, limit, output,
};
root.SetAction((result, cancellationToken) => Mistakes.ReportAsync(
    () => new ComparisonRun(
        SettingsOf(result) with
        {
            Seeds = result.GetValue(seeds),
            Methods = result.GetValue(methods) is { Length: > 0 } only
                ? [.. Method.All.Where(method => only.Contains(method.Name))] : Method.All,
        },
        Console.Out).RunAsync(cancellationToken),
    whenStopped: "Stopped. The same command continues after the last finished cell."));

Option<string> one = new("--method") { Required = true };
Option<int> seed = new("--seed") { Required = true };
Command cell = new(CellProcess.Command, "One method with one seed, as started by the command itself.") { one, seed, data, start, steps, limit, output };
cell.Hidden = true;
cell.SetAction((result, cancellationToken) => Mistakes.ReportAsync(() => new CellRun(
    SettingsOf(result), new RunFolder(result.GetValue(output)!.FullName), Console.Out).RunAsync(
        Method.All.First(method => method.Name == result.GetValue(one)), result.GetValue(seed), cancellationToken)));
root.Subcommands.Add(cell);
return await root.Parse(args).InvokeAsync();

ComparisonSettings SettingsOf(ParseResult result) => new(
    result.GetValue(data)?.FullName ?? RepositoryFolder.Find("data", "real-mini"),
    result.GetValue(start)?.FullName ?? RepositoryFolder.Find("samples", "QuickStart", "base"),
    result.GetValue(output)!.FullName)
{
    Steps = result.GetValue(steps),
    TestLimit = result.GetValue(limit),
};
