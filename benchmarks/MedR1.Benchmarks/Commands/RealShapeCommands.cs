using System.CommandLine;
using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Benchmarks.Commands;

/// <summary>Commands about a checkpoint of Qwen2-VL-2B's shape.</summary>
internal static class RealShapeCommands
{
    public static Command Write()
    {
        Option<string> shape = new("--shape")
        {
            Description = "The sizes: 2b or 7b as published (4.4 and 16.6 GB), or tiny for a trial of the commands.",
            DefaultValueFactory = _ => "2b",
        };
        shape.AcceptOnlyFromAmong([.. CheckpointShape.All.Select(known => known.Name)]);
        Option<DirectoryInfo> folder = CommonArguments.CheckpointOption("The folder to write to.");
        Option<string> device = CommonArguments.Device("cpu");
        Option<DirectoryInfo> golden = new("--golden")
        {
            Description = "tests/Golden.", DefaultValueFactory = _ => new DirectoryInfo("tests/Golden"),
        };
        Command command = new(
            "write-checkpoint",
            "Writes a checkpoint of Qwen2-VL's shape with random weights, generated on the device: bf16 shards with an index, "
            + "configuration and tokenizer, for the library and for transformers.")
        {
            shape, folder, device, golden,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            RealShapeCheckpoint.Write(
                CheckpointShape.Of(result.GetValue(shape)!), result.GetValue(golden)!.FullName,
                result.GetValue(folder)!.FullName, TorchSharp.torch.device(result.GetValue(device)!), Console.Out,
                cancellationToken);
            return Task.CompletedTask;
        });
        return command;
    }

    public static Command Answer()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<WeightQuantization> quantization = CommonArguments.Quantization();
        Option<int> tokens = CommonArguments.Number("--tokens", "Tokens to decode.", 24);
        Option<WeightStorage> weights = CommonArguments.Weights();
        Command command = new(
            "answer-2b",
            "Loads that checkpoint on the CPU and answers a question about an image; prints shares of the machine's limits.")
        {
            folder, tokens, weights, quantization,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            return RealShapeAnswer.RunAsync(
                result.GetValue(folder)!.FullName, result.GetValue(tokens), result.GetValue(weights),
                result.GetValue(quantization), Console.Out, cancellationToken);
        });
        return command;
    }

    public static Command Group()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<WeightQuantization> quantization = CommonArguments.Quantization();
        Option<int> samples = CommonArguments.Number("--samples", "Completions of the group.", 8);
        Option<int> tokens = CommonArguments.Number("--tokens", "Tokens of each.", 64);
        Option<WeightStorage> weights = CommonArguments.Weights();
        Option<bool> plain = new("--plain")
        {
            Description = "Also samples the same in the plain form.", DefaultValueFactory = _ => true,
        };
        Command command = new(
            "group-2b",
            "Samples a group of completions about one image with that checkpoint, and the same in the plain form.")
        {
            folder, samples, tokens, plain, weights, quantization,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            return RealShapeGroup.RunAsync(
                result.GetValue(folder)!.FullName, result.GetValue(samples), result.GetValue(tokens),
                result.GetValue(plain), result.GetValue(weights), result.GetValue(quantization), Console.Out,
                cancellationToken);
        });
        return command;
    }

    public static Command Update()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<WeightQuantization> quantization = CommonArguments.Quantization();
        Option<int> rows = CommonArguments.Number("--rows", "Completions.", 8);
        Option<int> rank = CommonArguments.Number("--rank", "Rank of the adapter.", 16);
        Option<bool> plain = new("--plain")
        {
            Description = "Compute prompt and image once per completion instead of once per group.",
        };
        Option<bool> recompute = new("--recompute") { Description = "Recompute layers in the backward pass." };
        Option<bool> share = new("--share-vision")
        {
            Description = "Compute images once for policy and reference, like the trainer if possible.",
            DefaultValueFactory = _ => true,
        };
        Command command = new(
            "update-2b",
            "Makes a GRPO update of a LoRA adapter on that checkpoint; prints the time of its parts and its memory.")
        {
            folder, rows, rank, plain, recompute, share, quantization,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            RealShapeUpdate.Run(
                result.GetValue(folder)!.FullName, result.GetValue(rows), result.GetValue(rank),
                result.GetValue(plain), result.GetValue(recompute), result.GetValue(share), result.GetValue(quantization),
                Console.Out, cancellationToken);
            return Task.CompletedTask;
        });
        return command;
    }
}
