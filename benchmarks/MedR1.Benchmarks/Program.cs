using System.CommandLine;
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
RootCommand root = new("Benchmarks of MedR1.") { write, answer };
return await root.Parse(args).InvokeAsync();
