using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>optimizer: clipped AdamW steps on a model.</summary>
internal sealed class OptimizerKind : IConformanceKind
{
    public string Kind => "optimizer";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        CompletionCase completions = CompletionCase.Read(conformanceCase, policy.Configuration);
        JsonElement settings = conformanceCase.Inputs.GetProperty("optimizer");
        using AdamWOptimizer optimizer = new(
            [new ParameterGroup("all", policy.Parameters)
            {
                LearningRate = settings.GetProperty("lr").GetDouble(),
                WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
            }],
            new AdamWOptions
            {
                Beta1 = settings.GetProperty("betas")[0].GetDouble(),
                Beta2 = settings.GetProperty("betas")[1].GetDouble(),
                Epsilon = settings.GetProperty("eps").GetDouble(),
            });
        double maximum = settings.OptionalNumber("max_grad_norm") ?? double.PositiveInfinity;
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> before = policy.Parameters.ToDictionary(
            pair => pair.Key, pair => pair.Value.detach().clone());
        List<double> losses = [];
        List<double> norms = [];
        for (int step = 0; step < conformanceCase.Inputs.GetProperty("steps").GetInt32(); step++)
        {
            optimizer.ZeroGradients();
            losses.Add(Loss(policy, completions, backward: true));
            norms.Add(GradientClipping.ClipNorm(policy.Parameters.Select(pair => pair.Value), maximum));
            optimizer.Step();
        }

        losses.Add(Loss(policy, completions, backward: false));
        JsonElement expected = conformanceCase.Expected;
        checker.Numbers("losses", conformanceCase.Tensor(expected.GetProperty("losses")), [.. losses]);
        checker.Numbers("gradient_norms", conformanceCase.Tensor(expected.GetProperty("gradient_norms")), [.. norms]);
        Dictionary<string, Parameter> after = policy.Parameters.ToDictionary(pair => pair.Key, pair => pair.Value);
        CheckUpdates(conformanceCase, checker, before, after);
        CheckNorms(conformanceCase, checker, before, after);
    }

    private static double Loss(Qwen2VLPolicy policy, CompletionCase completions, bool backward)
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            completions.Groups, new TokenStatisticsOptions());
        Tensor mask = statistics.Mask.to(ScalarType.Float32);
        Tensor loss = -(statistics.LogProbabilities * mask).sum() / mask.sum();
        if (backward)
        {
            loss.backward();
        }

        return loss.item<float>();
    }

    private static void CheckUpdates(
        ConformanceCase conformanceCase,
        Checker checker,
        Dictionary<string, Tensor> before,
        Dictionary<string, Parameter> after)
    {
        foreach (JsonProperty update in conformanceCase.Expected.GetProperty("updates").EnumerateObject())
        {
            using Tensor got = after[update.Name].detach() - before[update.Name];
            checker.Numbers(
                $"updates/{update.Name}",
                conformanceCase.Tensor(update.Value),
                got.ToDoubles(),
                UpdateTolerance(conformanceCase, update.Name));
        }
    }

    private static Tolerance? UpdateTolerance(ConformanceCase conformanceCase, string name) =>
        conformanceCase.ToleranceElement is JsonElement tolerance
        && tolerance.TryGetProperty("updates", out JsonElement updates)
        && updates.TryGetProperty(name, out JsonElement own)
            ? Tolerance.Read(own) : null;

    private static void CheckNorms(
        ConformanceCase conformanceCase,
        Checker checker,
        Dictionary<string, Tensor> before,
        Dictionary<string, Parameter> after)
    {
        int count = 0;
        foreach (JsonProperty entry in conformanceCase.Expected.GetProperty("norms").EnumerateObject())
        {
            count++;
            using DisposeScope scope = NewDisposeScope();
            Tensor parameter = after[entry.Name].detach().to(ScalarType.Float64);
            Compare("parameter_l2", parameter);
            Compare("update_l2", parameter - before[entry.Name]);

            void Compare(string field, Tensor value) => checker.Number(
                $"norms/{entry.Name}/{field}", entry.Value.GetProperty(field).GetDouble(), value.norm().item<double>(),
                checker.ToleranceOf(field, "norms"));
        }

        checker.Equal("number of norms", count, after.Count);
    }
}
