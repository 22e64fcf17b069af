using System.Diagnostics;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>
/// One GRPO update of a LoRA adapter at the real shape: a group of completions after a prompt with an image, with the adapter
/// off as the reference. It prints the time of each part, with layers kept or recomputed: only one of the two per process,
/// because a process keeps memory that it has used.
/// </summary>
internal static class RealShapeUpdate
{
    private const int NewTokens = 64;

    // transformers 5.24 with PEFT, torch 2.14: the same update, on a machine of this speed.
    private const double ReferenceSeconds = 289;
    private const double ReferenceFlops = 404e9;

    public static void Run(
        string folder, int rows, int rank, bool isPlain, bool recomputes, bool sharesVision,
        WeightQuantization quantization, TextWriter console, CancellationToken cancellationToken)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            folder, weights: WeightStorage.MappedFiles, quantization: quantization, cancellationToken: cancellationToken);
        using LoraPolicy lora = LoraPolicy.Create(policy, UpdateWork.Adapter(rank), seed: 1);
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(lora.AdapterParameters, 1e-5));
        PackedGroup[] groups = UpdateWork.Groups(policy, rows, NewTokens, isPlain);
        console.WriteLine(
            $"{rows} rows of {UpdateWork.PromptTokens} + {NewTokens} tokens, {(isPlain ? "each with its prompt" : "prompt and picture once")}, "
            + $"weights {policy.Parameters.Sum(pair => pair.Value.numel() * pair.Value.ElementSize) / 1e9:F2} GB, rank {rank}: {lora.AdapterParameters.Sum(pair => pair.Value.numel()) / 1e6:F1} M numbers train");
        using (IDisposable noGradient = no_grad())
        {
            // The first pass loads the mapped weights.
            lora.TokenLogProbabilities(groups, new TokenStatisticsOptions()).Dispose();
        }

        policy.Checkpointing.IsEnabled = recomputes;
        Update(lora, groups, optimizer, sharesVision, recomputes ? "layers computed again" : "layers kept", console);
    }

    private static void Update(
        LoraPolicy lora, PackedGroup[] groups, AdamWOptimizer optimizer, bool sharesVision, string how, TextWriter console)
    {
        using DisposeScope scope = NewDisposeScope();
        double speed = MachineLimits.MultiplyFlopsPerSecond();
        long before = MachineLimits.RestartPeakMemory();
        Tensor? features = null;
        double vision = Time(() =>
        {
            using IDisposable noGradient = no_grad();
            features = lora.EncodeImages([.. groups.Select(group => group.Prompt)]);
        });
        Tensor? given = sharesVision ? features : null;
        Tensor? reference_BT = null;
        double reference = Time(() =>
        {
            using IDisposable noGradient = no_grad();
            reference_BT = lora.Reference.TokenLogProbabilities(groups, new TokenStatisticsOptions(), given)
                .LogProbabilities;
        });
        Tensor? loss = null;
        double forward = Time(() => loss = UpdateWork.Loss(
            lora.TokenLogProbabilities(groups, new TokenStatisticsOptions(), given), reference_BT!, NewTokens));
        double backward = Time(() => loss!.backward());
        double step = Time(() => optimizer.Step());
        optimizer.ZeroGradients();
        double total = (sharesVision ? vision : 0) + reference + forward + backward + step;
        long added = MachineLimits.PeakMemoryBytes() - before;
        console.WriteLine(
            $"{how}: {total:F1} s = reference {reference:F1} + forward {forward:F1} + backward {backward:F1} + optimizer {step:F2} "
            + (sharesVision ? $"+ tower {vision:F1}" : $"(the tower is {vision:F1} of both passes)")
            + $"; memory beside the weights {added / 1e9:F2} GB");
        console.WriteLine(
            $"    the machine multiplied at {speed / 1e9:F0} GFLOP/s; transformers and PEFT take {ReferenceSeconds} s at "
            + $"{ReferenceFlops / 1e9:F0}, so at this speed {ReferenceSeconds * ReferenceFlops / speed / total:F1} times as long");
    }

    private static double Time(Action work)
    {
        Stopwatch clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
