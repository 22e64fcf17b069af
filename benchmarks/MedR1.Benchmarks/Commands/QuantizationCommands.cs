using System.CommandLine;
using MedR1.Benchmarks.Quantization;
using MedR1.Modeling;

namespace MedR1.Benchmarks.Commands;

/// <summary>Commands about weights in 8 bits.</summary>
internal static class QuantizationCommands
{
    public static Command Error()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<DirectoryInfo?> data = new("--data") { Description = "data/real-mini, for its questions; without it, noise is used." };
        Option<int> prompts = CommonArguments.Number("--prompts", "Prompts.", 128);
        Option<int> tokens = CommonArguments.Number("--tokens", "The maximum number of tokens of an answer.", 24);
        Command command = new("quantization", "Measures the effect of 8-bit weights on the answers of a checkpoint.")
        {
            folder, data, prompts, tokens,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            return QuantizationError.RunAsync(
                result.GetValue(folder)!.FullName, result.GetValue(data)?.FullName, result.GetValue(prompts),
                result.GetValue(tokens), Console.Out, cancellationToken);
        });
        return command;
    }
}
