using System.CommandLine;
using MedR1.Benchmarks;
using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

Argument<DirectoryInfo> folder = new("folder") { Description = "The folder of the checkpoint." };
Option<DirectoryInfo> golden = new("--golden") { Description = "tests/Golden.", DefaultValueFactory = _ => new DirectoryInfo("tests/Golden") };
Option<int> tokens = new("--tokens") { Description = "Tokens to decode.", DefaultValueFactory = _ => 24 };

Command write = new("write-2b", "Writes a checkpoint of Qwen2-VL-2B's shape with random weights: two bf16 shards, 4.4 GB.") { folder, golden };
write.SetAction((result, cancellationToken) =>
{
    TorchRuntime.Initialize();
    RealShapeCheckpoint.Write(result.GetValue(folder)!.FullName, result.GetValue(golden)!.FullName, cancellationToken);
    return Task.CompletedTask;
});
Option<WeightStorage> weights = new("--weights")
{
    Description = "Where the weights lie.",
    DefaultValueFactory = _ => WeightStorage.MappedFiles,
};
Command answer = new("answer-2b", "Loads that checkpoint on the CPU and answers about a picture; prints shares of the machine's limits.") { folder, tokens, weights };
answer.SetAction((result, cancellationToken) =>
{
    TorchRuntime.Initialize();
    return RealShapeAnswer.RunAsync(
        result.GetValue(folder)!.FullName, result.GetValue(tokens), result.GetValue(weights), Console.Out, cancellationToken);
});
Option<int> samples = new("--samples") { Description = "Completions of the group.", DefaultValueFactory = _ => 8 };
Option<bool> plain = new("--plain") { Description = "Draws the same in the plain form too.", DefaultValueFactory = _ => true };
Command group = new("group-2b", "Draws a group of completions about one picture with that checkpoint, and the same in the plain form.") { folder, samples, tokens, plain };
group.SetAction((result, cancellationToken) =>
{
    TorchRuntime.Initialize();
    return RealShapeGroup.RunAsync(
        result.GetValue(folder)!.FullName, result.GetValue(samples), result.GetValue(tokens), result.GetValue(plain), Console.Out, cancellationToken);
});
Option<int> prompts = new("--prompts") { Description = "Prompts.", DefaultValueFactory = _ => 32 };
Command small = new("rollout-small", "Draws completions with a small checkpoint (samples/QuickStart/base): time and allocations of a token, growth.") { folder, prompts, samples, tokens };
small.SetAction((result, cancellationToken) =>
{
    TorchRuntime.Initialize();
    return SmallShape.RunAsync(
        result.GetValue(folder)!.FullName, result.GetValue(prompts), result.GetValue(samples), result.GetValue(tokens), Console.Out, cancellationToken);
});
Option<int> rows = new("--rows") { Description = "Completions.", DefaultValueFactory = _ => 8 };
Option<int> rank = new("--rank") { Description = "Rank of the adapter.", DefaultValueFactory = _ => 16 };
Option<bool> perCompletion = new("--plain") { Description = "Compute prompt and picture once a completion, not once a group." };
Command update = new("update-2b", "Makes a GRPO update of a LoRA adapter on that checkpoint, with layers kept and computed again.") { folder, rows, rank, perCompletion };
update.SetAction((result, cancellationToken) =>
{
    TorchRuntime.Initialize();
    RealShapeUpdate.Run(
        result.GetValue(folder)!.FullName, result.GetValue(rows), result.GetValue(rank), result.GetValue(perCompletion), Console.Out, cancellationToken);
    return Task.CompletedTask;
});
RootCommand root = new("Benchmarks of MedR1.") { write, answer, group, small, update };
return await root.Parse(args).InvokeAsync();
