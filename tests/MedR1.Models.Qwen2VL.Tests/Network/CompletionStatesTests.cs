using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CompletionStatesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_head_applied_to_the_states_gives_the_same_values_and_gradients(bool recomputes)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: false);
        policy.Checkpointing.IsEnabled = recomputes;
        PackedGroup[] groups = InvarianceTests.Mixed(3);
        (float[] Values, float[] Gradients) expected = Run(
            () => policy.TokenLogProbabilities(groups, new TokenStatisticsOptions()).LogProbabilities);
        (float[] Values, float[] Gradients) got = Run(() =>
        {
            Tensor states_BTH = policy.CompletionStates(groups).Output;
            Assert.Equal(policy.HiddenSize, states_BTH.shape[2]);
            Tensor head = policy.Parameters.Single(pair => pair.Key == "lm_head.weight").Value;
            Tensor all_BTV = nn.functional.linear(states_BTH, head).log_softmax(2);
            int[][] rows = [.. groups.SelectMany(group => group.Completions).Select(tokens => tokens.ToArray())];
            int longest = rows.Max(row => row.Length);
            long[] ids = [.. rows.SelectMany(row => Enumerable.Range(0, longest).Select(i => i < row.Length ? (long)row[i] : 0))];
            bool[] padding = [.. rows.SelectMany(row => Enumerable.Range(0, longest).Select(i => i >= row.Length))];
            return all_BTV.gather(2, tensor(ids, [rows.Length, longest, 1])).squeeze(2)
                .FilledWhere(tensor(padding, [rows.Length, longest]), 0);
        });
        TinyModel.Near(expected.Values, got.Values);
        for (int i = 0; i < expected.Gradients.Length; i++)
        {
            Assert.InRange(got.Gradients[i] - expected.Gradients[i], -2e-5, 2e-5);
        }

        (float[] Values, float[] Gradients) Run(Func<Tensor> compute)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor values = compute();
            (values * TensorArithmetic.CountTo(values.numel()).view(values.shape).cos()).sum().backward();
            List<float> gradients = [];
            foreach ((_, Parameter parameter) in policy.Parameters)
            {
                using Tensor gradient = parameter.grad!;
                gradients.AddRange(gradient.Values());
                gradient.zero_();
            }

            return (values.Values(), [.. gradients]);
        }
    }
}
