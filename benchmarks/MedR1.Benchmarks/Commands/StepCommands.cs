using System.CommandLine;
using MedR1.Benchmarks.RealShape;
using MedR1.Benchmarks.Steps;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Benchmarks.Commands;

/// <summary>Commands about complete GRPO steps.</summary>
internal static class StepCommands
{
    private const int RealPromptTokens = 260;
    private const int RealTokens = 64;

    // transformers 5.24 with PEFT, torch 2.14, at the same shape: update and rollout, on a machine of this speed.
    private const double ReferenceSeconds = 289 + 53;
    private const int ReferenceSamples = 8;
    private const double ReferenceFlops = 404e9;

    public static Command RealShape()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<int> samples = CommonArguments.Number("--samples", "Completions of the group.", 8);
        Option<int> rank = CommonArguments.Number("--rank", "Rank of the adapter.", 16);
        Option<int> steps = CommonArguments.Number("--steps", "Steps to measure, after one that isn't.", 1);
        Option<bool> plain = Plain();
        Option<bool> recompute = new("--recompute")
        {
            Description = "Recompute layers in the backward pass.", DefaultValueFactory = _ => true,
        };
        Option<bool> keep = new("--keep-features")
        {
            Description = "Keep the features of the image, which is the same in every step.", DefaultValueFactory = _ => true,
        };
        Command command = new(
            "step-2b",
            "Makes GRPO steps of a LoRA adapter on a checkpoint of Qwen2-VL-2B's shape, including the rollout; prints the "
            + "shares of its parts as a table in Markdown.")
        {
            folder, samples, rank, steps, plain, recompute, keep,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
                result.GetValue(folder)!.FullName, weights: WeightStorage.MappedFiles, cancellationToken: cancellationToken);
            policy.Checkpointing.IsEnabled = result.GetValue(recompute);
            using LoraPolicy lora = LoraPolicy.Create(policy, UpdateWork.Adapter(result.GetValue(rank)), seed: 1);
            double speed = MachineLimits.MultiplyFlopsPerSecond();
            StepTimes times = await StepShares.RunAsync(
                lora, [StepPrompts.OfLength(policy.Processor, 384, RealPromptTokens)],
                options =>
                {
                    options.GroupSize = result.GetValue(samples);
                    options.MaxNewTokens = RealTokens;
                    options.LearningRate = 1e-5;
                    options.ImageFeatureCacheBytes = result.GetValue(keep) ? options.ImageFeatureCacheBytes : 0;
                },
                result.GetValue(steps), result.GetValue(plain), Console.Out, cancellationToken);
            double reference = ReferenceSeconds * ReferenceFlops / speed;
            Console.WriteLine(
                $"The machine multiplied at {speed / 1e9:F0} GFLOP/s; transformers and PEFT take {ReferenceSeconds} s "
                + $"for {ReferenceSamples} completions at {ReferenceFlops / 1e9:F0}"
                + (result.GetValue(samples) == ReferenceSamples
                    ? $", so at this speed {reference / times.Seconds:F1} times as long." : "."));
        });
        return command;
    }

    public static Command SmallShape()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<int> prompts = CommonArguments.Number("--prompts", "Prompts of a step.", 4);
        Option<int> samples = CommonArguments.Number("--samples", "Completions of each.", 8);
        Option<int> tokens = CommonArguments.Number("--tokens", "The maximum number of tokens of each.", 80);
        Option<int> steps = CommonArguments.Number("--steps", "Steps to measure, after one that isn't.", 10);
        Option<bool> plain = Plain();
        Command command = new(
            "step-small",
            "Makes GRPO steps of all weights of a small checkpoint (samples/QuickStart/base), including the rollout; prints the "
            + "shares of its parts as a table in Markdown.")
        {
            folder, prompts, samples, tokens, steps, plain,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
                result.GetValue(folder)!.FullName, cancellationToken: cancellationToken);
            await StepShares.RunAsync(
                policy, [.. Enumerable.Range(0, result.GetValue(prompts)).Select(seed => StepPrompts.Ask(56, "What is seen?", seed))],
                options =>
                {
                    options.GroupSize = result.GetValue(samples);
                    options.MaxNewTokens = result.GetValue(tokens);

                    // So small that answers keep the length that they have with the shipped weights.
                    options.LearningRate = 1e-9;
                },
                result.GetValue(steps), result.GetValue(plain), Console.Out, cancellationToken);
        });
        return command;
    }

    public static Command Head()
    {
        Option<int> tokens = CommonArguments.Number("--tokens", "Tokens of the conversations.", 1024);
        Command command = new(
            "head-2b",
            "Computes log-probabilities of tokens with a head of the real shape in pieces and from all logits at once, with the "
            + "backward pass; prints time and memory.")
        {
            tokens,
        };
        command.SetAction((result, _) =>
        {
            TorchRuntime.Initialize();
            HeadMemory.Run(result.GetValue(tokens), Console.Out);
            return Task.CompletedTask;
        });
        return command;
    }

    public static Command Attention()
    {
        Option<int[]> lengths = new("--lengths")
        {
            Description = "Tokens of a sequence.", DefaultValueFactory = _ => [88, 112, 133, 256, 512],
            AllowMultipleArgumentsPerToken = true,
        };
        Command command = new(
            "short-attention",
            "Attends, forward and backward, in 16 short sequences in float32 on the CPU with libtorch's fused operator, with plain "
            + "products and like the update, on one thread and on all; prints the fastest times as a table in Markdown.")
        {
            lengths,
        };
        command.SetAction((result, _) =>
        {
            TorchRuntime.Initialize();
            ShortAttention.Run(result.GetValue(lengths)!, Console.Out);
            return Task.CompletedTask;
        });
        return command;
    }

    public static Command LinearProducts()
    {
        Command command = new(
            "linear-products",
            "Computes linear layers, forward and backward, in float32 on the CPU with libtorch and with the library's products, on one "
            + "thread and on all; prints the fastest times as a table in Markdown.");
        command.SetAction((_, _) =>
        {
            TorchRuntime.Initialize();
            Steps.LinearProducts.Run(Console.Out);
            return Task.CompletedTask;
        });
        return command;
    }

    public static Command OneBeginning()
    {
        Argument<DirectoryInfo> folder = CommonArguments.Checkpoint();
        Option<int[]> common = new("--common")
        {
            Description = "Tokens at the beginning of all prompts, in addition to those of the chat template.",
            DefaultValueFactory = _ => [8, 25, 100, 150], AllowMultipleArgumentsPerToken = true,
        };
        Option<bool> oneImage = new("--one-image") { Description = "Asks all questions about one image." };
        Command command = new(
            "one-beginning",
            "Compares 16 prompts of a small checkpoint (samples/QuickStart/base) with a common beginning to 16 that differ in the first "
            + "token: passes of an update, with backward pass, and of the sampler; prints the fastest times as a table in Markdown.")
        {
            folder, common, oneImage,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TorchRuntime.Initialize();
            using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
                result.GetValue(folder)!.FullName, cancellationToken: cancellationToken);
            Steps.OneBeginning.Run(policy, result.GetValue(common)!, result.GetValue(oneImage), Console.Out);
            return Task.CompletedTask;
        });
        return command;
    }

    private static Option<bool> Plain() => new("--plain")
    {
        Description = "Also makes the same steps in the plain form.", DefaultValueFactory = _ => true,
    };
}
