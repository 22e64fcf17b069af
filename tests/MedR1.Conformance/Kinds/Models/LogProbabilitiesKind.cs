using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Log-probabilities and entropies of completions.</summary>
internal sealed class LogProbabilitiesKind : IConformanceKind
{
    public string Kind => "logprobs";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        CompletionCase completions = CompletionCase.Read(conformanceCase, policy.Configuration);
        JsonElement inputs = conformanceCase.Inputs;
        double temperature = inputs.TryGetProperty("temperature", out JsonElement value) ? value.GetDouble() : 1;
        using IDisposable noGradient = no_grad();
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            completions.Groups, new TokenStatisticsOptions { Temperature = temperature, WithEntropies = true });
        Compare("per_token_logps", statistics.LogProbabilities);
        Compare("entropies", statistics.Entropies!);

        void Compare(string field, Tensor got)
        {
            if (conformanceCase.Expected.TryGetProperty(field, out JsonElement expected))
            {
                checker.Numbers(field, conformanceCase.Tensor(expected), completions.Widen(CaseModel.Values(got)));
            }
        }
    }
}
