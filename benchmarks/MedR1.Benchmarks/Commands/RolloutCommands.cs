using System.CommandLine;
using MedR1.Benchmarks.Rollouts;
using MedR1.Modeling;

namespace MedR1.Benchmarks.Commands;

/// <summary>Commands about the sampler.</summary>
internal static class RolloutCommands
{
    public static Command Small()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<int> calls = CommonArguments.Number("--calls", "Calls of the sampler.", 5);
        Option<int> prompts = CommonArguments.Number("--prompts", "Prompts.", 32);
        Option<int> samples = CommonArguments.Number("--samples", "Completions of each.", 8);
        Option<int> tokens = CommonArguments.Number("--tokens", "Tokens of each.", 80);
        Command command = new(
            "rollout-small",
            "Samples completions with a small checkpoint (samples/QuickStart/base): time and allocations per token, growth.")
        {
            folder, calls, prompts, samples, tokens,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            return SmallShape.RunAsync(
                result.GetValue(folder)!.FullName, result.GetValue(calls), result.GetValue(prompts),
                result.GetValue(samples), result.GetValue(tokens), Console.Out, cancellationToken);
        });
        return command;
    }
}
