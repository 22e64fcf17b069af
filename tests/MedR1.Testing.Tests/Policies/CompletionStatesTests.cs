using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Testing.Tests;

public sealed class CompletionStatesTests
{
    [Fact]
    public void The_head_gives_log_probabilities_from_the_states()
    {
        using DisposeScope scope = NewDisposeScope();
        using TinyPolicy policy = new();
        EncodedPrompt one = new([1, 2, 3], []);
        EncodedPrompt two = new([7], []);
        PackedGroup[] groups = [new(one, [[4, 5], [6]]), new(two, [[8, 9, 10]])];

        Tensor states_BTH = policy.CompletionStates(groups).Output;

        Tensor head = policy.Parameters.Single(pair => pair.Key == "_head").Value;
        Tensor all_BTV = nn.functional.linear(states_BTH, head).log_softmax(2);
        using TokenStatistics expected = policy.TokenLogProbabilities(groups, new TokenStatisticsOptions());
        (int Row, int[] Tokens)[] rows = [(0, [4, 5]), (1, [6]), (2, [8, 9, 10])];
        Assert.Equal([3L, 3L, policy.HiddenSize], states_BTH.shape);
        Assert.All(rows, row => Assert.All(row.Tokens.Index(), token => Assert.Equal(
            expected.LogProbabilities[row.Row, token.Index].item<float>(),
            all_BTV[row.Row, token.Index, token.Item].item<float>(),
            5)));
    }
}
