using System.Security.Cryptography;
using MedR1;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using MedR1.Training.Tests;

// A run to be killed: resume-probe <folder> [adapter]. It trains into the folder, resuming from what is there, and prints
// "ready" when it starts and "weights <sha-256>" when it is done. It uses everything that a checkpoint must contain:
// several steps and passes per rollout, a synchronized reference, skipped prompts, groups that are resampled
// or replayed, an adaptive bonus, the best step; and for an adapter its dropout.
string folder = args[0];
bool isAdapter = args.Contains("adapter");
using Qwen2VLPolicy? adapted = isAdapter ? SmallQwen.Load() : null;
using IVisionLanguagePolicy policy = adapted is null ? TestData.Policy() : SmallQwen.Adapt(adapted, dropout: 0.2);
using JsonLinesSink lines = new(Path.Combine(folder, "metrics.jsonl"));
GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
    .UsePrompts(isAdapter ? SmallQwen.Prompts(9) : TestData.Prompts(9))
    .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
    .AddReward("small", context => context.Completion.TokenIds.Count(id => id < policy.VocabularySize / 4))
    .AddReward("first", context => context.Completion.TokenIds[0] < policy.VocabularySize / 3 ? 1 : 0)
    .AddEvaluation("weight", (context, _) => ValueTask.FromResult((double)TestData.Weights(context.Policy)[^1][0]))
    .AddMetricSink(lines)
    .Configure(options =>
    {
        options.OutputFolder = folder;
        options.SaveInterval = 1;
        options.KeepLast = 2;
        options.KeepInterval = 7;
        options.EvaluationInterval = 3;
        options.BestMetric = "eval/weight";
        options.MaxSteps = 40;
        options.PromptsPerStep = 2;
        options.PromptsPerMicroBatch = 1;
        options.StepsPerGeneration = 2;
        options.Iterations = 2;
        options.MaxPromptTokens = isAdapter ? LengthOfSome(SmallQwen.Prompts(9)) : 8;
        options.Replay = new ReplayOptions { Capacity = 6, MaxAge = 3, Reward = "small" };
        options.ReferenceSync = new ReferenceSyncOptions { Interval = 5, Mixup = 0.6 };
        options.AdaptiveEntropy = new AdaptiveEntropyOptions { Target = 6 };
        options.DynamicSampling = new DynamicSamplingOptions { Reward = "first", MaxRounds = 3 };
        options.MaxNewTokens = 6;
        options.LearningRate = 0.01;
        options.WeightDecay = 0.1;
    });
using GrpoTrainer trainer = builder.ResumeIfAny(folder).Build();
Console.WriteLine("ready");
await trainer.RunAsync();
using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
foreach (float[] weights in TestData.Weights(policy))
{
    hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan()));
}

Console.WriteLine($"weights {Convert.ToHexStringLower(hash.GetHashAndReset())}");

// So that some of the prompts are skipped.
int LengthOfSome(IReadOnlyList<VqaPrompt> prompts) =>
    prompts.Select(prompt => policy.Processor.Encode(prompt).TokenIds.Count).Order().ElementAt(prompts.Count - 3);
