using System.Text.Json;

using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>A forward pass without a cache, layer by layer.</summary>
internal sealed class ForwardKind : IConformanceKind
{
    public string Kind => "forward";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using Qwen2VLPolicy policy = CaseModel.Load(conformanceCase);
        CaseModel model = CaseModel.Read(conformanceCase, policy.Configuration);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        SequenceBatch batch = new(Qwen2VLLayout.Of(policy.Configuration), model.Prompts);
        Tensor hidden =
            policy.Runner.Hidden(model.Prompts, batch, (name, value) => Compare("hidden_rows", name, value));
        Tensor logits = policy.Qwen2VLNetwork.Logits(hidden, (name, value) => Compare("hidden_rows", name, value));
        Compare("logit_rows", "logits", logits);
        checker.RequireCompared(conformanceCase.Expected);

        void Compare(string rows, string name, Tensor all)
        {
            if (!conformanceCase.Expected.TryGetProperty(name, out JsonElement expected))
            {
                return;
            }

            // The case names columns of its padded batch; ours is padded on the other side.
            long[] places = [.. CaseModel.Rows(conformanceCase.Inputs.GetProperty(rows))
                .Select(row => (long)row[0] * batch.Longest + Array.IndexOf(model.Places[row[0]], row[1]))];
            using Tensor index = tensor(places, device: conformanceCase.Device);
            using Tensor chosen = all.index_select(0, index);
            checker.Numbers(name, conformanceCase.Tensor(expected), CaseModel.Values(chosen));
        }
    }
}
