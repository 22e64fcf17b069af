using System.Diagnostics;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.RealShape;

/// <summary>
/// One GRPO update of a LoRA adapter at the real shape: a group of completions behind a prompt with a picture, the reference
/// being the policy with its adapter off. It says what each part takes, with layers kept or computed again: one of them in
/// a process, because memory that a process has had once stays with it.
/// </summary>
internal static class RealShapeUpdate
{
    private const int PromptTokens = 260;
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
        using LoraPolicy lora = LoraPolicy.Create(policy, Adapter(rank), seed: 1);
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(lora.AdapterParameters, 1e-5));
        PackedGroup[] groups = Groups(policy, rows, isPlain);
        console.WriteLine(
            $"{rows} rows of {PromptTokens} + {NewTokens} tokens, {(isPlain ? "each with its prompt" : "prompt and picture once")}, "
            + $"weights {policy.Parameters.Sum(pair => pair.Value.numel() * pair.Value.ElementSize) / 1e9:F2} GB, rank {rank}: {lora.AdapterParameters.Sum(pair => pair.Value.numel()) / 1e6:F1} M numbers train");
        using (IDisposable noGradient = no_grad())
        {
            // The first pass brings the mapped weights in.
            lora.TokenLogProbabilities(groups, new TokenStatisticsOptions()).Dispose();
        }

        policy.Checkpointing.IsEnabled = recomputes;
        Update(lora, groups, optimizer, sharesVision, recomputes ? "layers computed again" : "layers kept", console);
    }

    /// <summary>An adapter on all linear layers of the decoder.</summary>
    public static LoraOptions Adapter(int rank) => new()
    {
        Rank = rank,
        Alpha = 2 * rank,
        TargetModules = ModuleSelection.Of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
    };

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
        double forward = Time(() => loss = Loss(
            lora.TokenLogProbabilities(groups, new TokenStatisticsOptions(), given), reference_BT!));
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
            $"    the machine multiplied bf16 at {speed / 1e9:F0} GFLOP/s; transformers and PEFT take {ReferenceSeconds} s at "
            + $"{ReferenceFlops / 1e9:F0}, so at this speed {ReferenceSeconds * ReferenceFlops / speed / total:F1} times as long");
    }

    private static Tensor Loss(TokenStatistics statistics, Tensor reference_BT)
    {
        int rows = (int)statistics.Mask.shape[0];
        return new GrpoLoss(GrpoLossOptions.MedR1).Compute(new PolicyLossInputs
        {
            LogProbabilities = statistics.LogProbabilities,
            Mask = statistics.Mask,
            Advantages = tensor([.. Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? 1f : -1f)]),
            ReferenceLogProbabilities = reference_BT,
            TokensInStep = rows * NewTokens,
            RowsInStep = rows,
            AccumulationSteps = 1,
            MaxCompletionLength = NewTokens,
        }).Loss;
    }

    private static PackedGroup[] Groups(Qwen2VLPolicy policy, int rows, bool isPlain)
    {
        Random random = new(1);
        byte[] pixels = new byte[384 * 384 * 3];
        random.NextBytes(pixels);
        EncodedPrompt encoded = policy.Processor.Encode(
            VqaPrompt.Ask("Describe.", new PixelImageSource("noise", new RgbImage(384, 384, pixels))));
        EncodedPrompt prompt = encoded with { TokenIds = [.. encoded.TokenIds, .. Words(PromptTokens - encoded.TokenIds.Count)] };
        int[][] completions = [.. Enumerable.Range(0, rows).Select(_ => Words(NewTokens))];
        return isPlain
            ? [.. completions.Select(completion => new PackedGroup(
                prompt with { Images = [.. prompt.Images.Select(image => image with { })] }, [completion]))]
            : [new PackedGroup(prompt, completions)];

        int[] Words(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(100, 150_000))];
    }

    private static double Time(Action work)
    {
        Stopwatch clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
