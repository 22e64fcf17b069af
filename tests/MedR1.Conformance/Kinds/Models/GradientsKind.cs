using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// Gradients of every parameter. The loss is implemented here instead of in the library, so that this kind tests only the
/// model.
/// </summary>
internal sealed class GradientsKind : IConformanceKind
{
    public string Kind => "gradients";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        CompletionCase completions = CompletionCase.Read(conformanceCase, policy.Configuration);
        using DisposeScope scope = NewDisposeScope();
        using TokenStatistics statistics =
            policy.TokenLogProbabilities(completions.Groups, new TokenStatisticsOptions());
        Tensor loss = Loss(conformanceCase, checker, completions, statistics);
        checker.Number("loss", conformanceCase.Expected.GetProperty("loss").GetDouble(), loss.item<float>());
        loss.backward();

        Dictionary<string, Tensor> gradients =
            policy.Parameters.ToDictionary(entry => entry.Key, entry => GradientOf(entry.Value));
        double squares = gradients.Values.Sum(gradient => Math.Pow(Norm(gradient), 2));
        if (conformanceCase.Expected.TryGetProperty("gradient_norm", out JsonElement norm))
        {
            checker.Number("gradient_norm", norm.GetDouble(), Math.Sqrt(squares));
        }

        GradientTable.Check(conformanceCase, checker, gradients);
    }

    private static Tensor GradientOf(Parameter parameter) => parameter.grad ?? zeros_like(parameter);

    private static double Norm(Tensor gradient) => gradient.to(ScalarType.Float64).norm().item<double>();

    private static Tensor Loss(
        ConformanceCase conformanceCase, Checker checker, CompletionCase completions, TokenStatistics statistics)
    {
        JsonElement inputs = conformanceCase.Inputs.GetProperty("loss");
        Tensor logProbabilities = statistics.LogProbabilities;
        Tensor mask = statistics.Mask.to(ScalarType.Float32);
        string type = inputs.GetProperty("type").GetString()!;
        if (type == "nll")
        {
            return -(logProbabilities * mask).sum() / mask.sum();
        }

        double low = inputs.GetProperty("epsilon_low").GetDouble();
        double high = inputs.GetProperty("epsilon_high").GetDouble();
        double beta = inputs.GetProperty("beta").GetDouble();
        Tensor advantages = tensor(
            conformanceCase.Tensor(inputs.GetProperty("advantages")).ToSingles(), device: conformanceCase.Device).unsqueeze(1);
        Tensor old = Narrow("old_per_token_logps");
        Tensor reference = Narrow("ref_per_token_logps");
        Tensor ratio = (logProbabilities - old).exp();
        Tensor difference = reference - logProbabilities;
        Tensor kl = difference.exp() - difference - 1;
        Tensor tokens = -minimum(ratio * advantages, ratio.clamp(1 - low, 1 + high) * advantages) + beta * kl;
        Compare("kl", kl);
        Compare("clip_ratio_low", (ratio < 1 - low).logical_and(advantages < 0).to(ScalarType.Float32));
        Compare("clip_ratio_high", (ratio > 1 + high).logical_and(advantages > 0).to(ScalarType.Float32));
        return type switch
        {
            "grpo" => ((tokens * mask).sum(1) / mask.sum(1)).mean(),
            "bnpo" => (tokens * mask).sum() / mask.sum(),
            _ => throw new NotSupportedException($"The runner knows no loss '{type}'."),
        };

        Tensor Narrow(string field)
        {
            GoldenTensor values = conformanceCase.Tensor(inputs.GetProperty(field));
            using Tensor wide = tensor(
                values.ToSingles(), [completions.Groups.Count, completions.Columns], device: conformanceCase.Device);
            return wide.narrow(1, 0, mask.shape[1]);
        }

        void Compare(string field, Tensor values)
        {
            if (conformanceCase.Expected.TryGetProperty(field, out JsonElement expected))
            {
                checker.Number(field, expected.GetDouble(), ((values * mask).sum() / mask.sum()).item<float>());
            }
        }
    }
}
