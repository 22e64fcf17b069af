using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// A PEFT adapter enabled, disabled, merged and unmerged, with its loss and gradients; and again after saving and loading
/// by the library. Logits come from the cache, token by token; loss and gradients from the trainer's pass.
/// </summary>
internal sealed class LoraKind : IConformanceKind
{
    public string Kind => "lora";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        string adapter = conformanceCase.Inputs.GetProperty("adapter").GetString()!;
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        CompletionCase completions = CompletionCase.Read(conformanceCase, policy.Configuration);
        int[][] rows = CaseModel.Rows(conformanceCase.Inputs.GetProperty("logit_rows"));
        using LoraPolicy lora = LoraPolicy.Load(policy, Path.Combine(conformanceCase.ModelFolder, adapter));
        CheckLogits(conformanceCase, checker, lora, completions, rows);
        CheckTraining(conformanceCase, checker, lora, completions);

        DirectoryInfo folder = Directory.CreateTempSubdirectory("medr1-lora-");
        try
        {
            string copy = Path.Combine(folder.FullName, "adapter");
            lora.Save(copy);
            using LoraPolicy again = LoraPolicy.Load(policy, copy);
            Compare(conformanceCase, checker, "logits_on", Logits(again, completions, rows));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CheckLogits(
        ConformanceCase conformanceCase, Checker checker, LoraPolicy lora, CompletionCase completions, int[][] rows)
    {
        float[] on = Logits(lora, completions, rows);
        Compare(conformanceCase, checker, "logits_on", on);
        Compare(conformanceCase, checker, "logits_off", Logits(lora.Reference, completions, rows));
        Compare(conformanceCase, checker, "logits_off", Logits(lora.Base, completions, rows));
        lora.Merge();
        Compare(conformanceCase, checker, "logits_merged", Logits(lora, completions, rows));
        Compare(conformanceCase, checker, "logits_off", Logits(lora.Reference, completions, rows));
        lora.Unmerge();
        checker.SequenceEqual("logits_on, unmerged", on, Logits(lora, completions, rows));
    }

    private static void CheckTraining(
        ConformanceCase conformanceCase, Checker checker, LoraPolicy lora, CompletionCase completions)
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenStatistics statistics =
            lora.TokenLogProbabilities(completions.Groups, new TokenStatisticsOptions());
        Tensor mask = statistics.Mask.to(ScalarType.Float32);
        Tensor loss = -(statistics.LogProbabilities * mask).sum() / mask.sum();
        checker.Number("loss", conformanceCase.Expected.GetProperty("loss").GetDouble(), loss.item<float>());
        loss.backward();

        var trained = lora.Parameters.Where(pair => pair.Value.requires_grad).ToArray();
        checker.Equal(
            "trainable_parameters", conformanceCase.Expected.GetProperty("trainable_parameters").GetInt64(),
            trained.Sum(pair => pair.Value.numel()));
        Dictionary<string, Tensor> gradients =
            trained.ToDictionary(pair => pair.Key, pair => pair.Value.grad ?? zeros_like(pair.Value));
        GradientTable.Check(conformanceCase, checker, gradients);
        if (conformanceCase.Expected.TryGetProperty("gradient_norm", out JsonElement norm))
        {
            double squares = gradients.Values.Sum(
                gradient => Math.Pow(gradient.to(ScalarType.Float64).norm().item<double>(), 2));
            checker.Number("gradient_norm", norm.GetDouble(), Math.Sqrt(squares));
        }

        int strayed = lora.Base.Parameters.Count(pair => pair.Value.grad is not null);
        checker.Equal("parameters of the base with a gradient", 0, strayed);
    }

    private static float[] Logits(IVisionLanguagePolicy policy, CompletionCase completions, int[][] rows)
    {
        Dictionary<(int Row, int Token), float[]> all = [];
        for (int row = 0; row < completions.Groups.Count; row++)
        {
            (EncodedPrompt prompt, IReadOnlyList<int> completion) =
                (completions.Groups[row].Prompt, completions.Groups[row].Completions[0]);
            using DisposeScope scope = NewDisposeScope();
            using GroupDecoding decoding = new(policy, 1, 1, prompt.TokenIds.Count, completion.Count);
            all[(row, 0)] = CaseModel.Values(decoding.Prefill([prompt]));
            for (int token = 1; token < completion.Count; token++)
            {
                Tensor last = tensor([(long)completion[token - 1]], device: policy.Device);
                all[(row, token)] = CaseModel.Values(decoding.Decode(last));
            }
        }

        return [.. rows.SelectMany(row => all[(row[0], row[1])])];
    }

    private static void Compare(ConformanceCase conformanceCase, Checker checker, string field, float[] got) =>
        checker.Numbers(field, conformanceCase.Tensor(conformanceCase.Expected.GetProperty(field)), got);
}
