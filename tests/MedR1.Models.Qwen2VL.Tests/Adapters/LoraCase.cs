using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Adapters of every kind, far from their initial values, so that each part affects the result.</summary>
internal static class LoraCase
{
    public static IReadOnlyDictionary<string, LoraOptions> Kinds { get; } = new Dictionary<string, LoraOptions>
    {
        ["two names"] = new() { Rank = 3, Alpha = 6, TargetModules = ModuleSelection.Of("q_proj", "v_proj") },
        ["all linear"] = new() { Rank = 2, Alpha = 3, TargetModules = ModuleSelection.AllLinear, UseRslora = true },
        ["pattern"] = new()
        {
            Rank = 4,
            Alpha = 2.5,
            TargetModules = ModuleSelection.Matching(@".*language_model.*\.(gate|up)_proj|.*merger\.mlp\.\d"),
            RankPattern = [KeyValuePair.Create("up_proj", 1), KeyValuePair.Create("merger.mlp.0", 5)],
            AlphaPattern = [KeyValuePair.Create(@"layers\.1\.mlp\.gate_proj", 7.0)],
        },
        ["old pattern"] = new() { TargetModules = ModuleSelection.Matching(@"model\.layers\.\d+\.self_attn\.o_proj") },
        ["one layer"] = new()
        {
            TargetModules = ModuleSelection.Of("k_proj", "down_proj"),
            LayersToTransform = [1],
            LayersPatterns = ["layers"],
            ExcludedModules = ModuleSelection.Of("down_proj"),
        },
        ["kernel and table"] = new() { Rank = 3, TargetModules = ModuleSelection.Of("proj", "embed_tokens") },
        ["head"] = new() { TargetModules = ModuleSelection.Of("lm_head", "q_proj"), UpHasBias = true },
        ["biases"] = new() { TargetModules = ModuleSelection.Of("q_proj"), Bias = LoraBias.All },
        ["own biases"] = new() { TargetModules = ModuleSelection.Of("qkv", "q_proj"), Bias = LoraBias.LoraOnly },
        ["saved modules"] = new()
        {
            TargetModules = ModuleSelection.Of("q_proj", "fc1"),
            ModulesToSave = ["merger", "lm_head", "norm"],
        },
        ["saved modules alone"] = new() { TargetModules = ModuleSelection.Of(), ModulesToSave = ["patch_embed", "norm"] },
        ["magnitude"] = new()
        {
            Rank = 3,
            Alpha = 5,
            TargetModules = ModuleSelection.Of("q_proj", "o_proj", "fc2"),
            UseDora = true,
        },
        ["magnitude of the head"] = new() { Rank = 2, TargetModules = ModuleSelection.Of("lm_head", "fc2"), UseDora = true },
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    public static LoraPolicy Create(Qwen2VLPolicy policy, string kind, long seed = 5)
    {
        LoraPolicy lora = LoraPolicy.Create(policy, Kinds[kind], seed);
        Stir(lora);
        return lora;
    }

    /// <summary>Changes every parameter of the adapter.</summary>
    public static void Stir(LoraPolicy lora)
    {
        using IDisposable noGradient = no_grad();
        using Generator generator = new(77, CPU);
        foreach ((_, Parameter parameter) in lora.AdapterParameters)
        {
            using Tensor noise = empty(parameter.shape).normal_(0, 0.1, generator);
            using Tensor there = noise.to(parameter.device, copy: true);
            parameter.add_(there);
        }
    }

    public static float[] Score(IVisionLanguagePolicy policy)
    {
        using IDisposable noGradient = no_grad();
        using TokenStatistics statistics =
            policy.TokenLogProbabilities(InvarianceTests.Mixed(3), new TokenStatisticsOptions());
        return statistics.LogProbabilities.Values();
    }

    /// <summary>Runs the backward pass of a sum with a different weight for every token.</summary>
    public static void Backward(IVisionLanguagePolicy policy)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values =
            policy.TokenLogProbabilities(InvarianceTests.Mixed(3), new TokenStatisticsOptions()).LogProbabilities;
        Tensor weights = arange(1, values.numel() + 1, ScalarType.Float32).view(values.shape) / 10;
        (values * weights).sum().backward();
    }

    public static double Distance(float[] left, float[] right) =>
        left.Zip(right).Max(pair => Math.Abs(pair.First - pair.Second));
}
