using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Policies;

public sealed class DistinctCompletionsTests
{
    private static readonly EncodedPrompt Prompt = new([1, 2, 3], []);

    [Fact]
    public void Each_distinct_completion_is_kept_where_it_first_occurred()
    {
        DistinctCompletions distinct = DistinctCompletions.Of(
        [
            new PackedGroup(Prompt, [[7, 8], [7], [7, 8], [8, 7], [7]]),
            new PackedGroup(Prompt, [[7], [9]]),
        ]);

        Assert.Equal(7, distinct.RowCount);
        Assert.Equal(5, distinct.DistinctRowCount);
        Assert.Equal([[7, 8], [7], [8, 7]], distinct.Groups[0].Completions);
        Assert.Equal([[7], [9]], distinct.Groups[1].Completions);
    }

    [Fact]
    public void Rows_get_the_values_of_their_tokens_and_their_gradients_are_summed()
    {
        using DisposeScope scope = NewDisposeScope();
        DistinctCompletions distinct = DistinctCompletions.Of([new PackedGroup(Prompt, [[7], [8], [7], [7]])]);
        Tensor values = tensor(new float[] { 10, 20 }).view(2, 1).requires_grad_();
        Tensor rows = distinct.Expand(values);
        Assert.Equal([10f, 20f, 10f, 10f], rows.data<float>().ToArray());

        rows.mul(tensor(new float[] { 1, 2, 4, 8 }).view(4, 1)).sum().backward();

        // Rows 0, 2 and 3 are the first: 1 + 4 + 8.
        Assert.Equal([13f, 2f], values.grad!.data<float>().ToArray());
    }

    // With dropout, equal completions give different results.
    [Theory]
    [InlineData(null, 1)]
    [InlineData(5L, 2)]
    public void A_policy_with_dropout_is_given_every_row(long? dropoutSeed, int rows)
    {
        Counting policy = new(dropoutSeed);
        using TokenStatistics statistics = DistinctCompletions.TokenLogProbabilities(
            policy, [new PackedGroup(Prompt, [[7, 8], [7, 8]])], new TokenStatisticsOptions());
        Assert.Equal(rows, policy.Rows);
        Assert.Equal([2, 2], statistics.LogProbabilities.shape);
    }

    // The policy is given the first two, and gives them the entropies 0 and 1.
    [Fact]
    public void Rows_get_the_entropies_of_their_tokens_if_they_are_asked_for()
    {
        PackedGroup[] groups = [new PackedGroup(Prompt, [[7, 8], [9, 9], [7, 8]])];
        using TokenStatistics with = DistinctCompletions.TokenLogProbabilities(
            new Counting(null), groups, new TokenStatisticsOptions { WithEntropies = true });
        Assert.Equal([0f, 0, 1, 1, 0, 0], with.Entropies!.data<float>().ToArray());
        using TokenStatistics without = DistinctCompletions.TokenLogProbabilities(new Counting(null), groups, new TokenStatisticsOptions());
        Assert.Null(without.Entropies);
    }

    [Fact]
    public void Values_of_other_rows_are_refused()
    {
        using Tensor values = zeros(4, 1);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => DistinctCompletions.Of([new PackedGroup(Prompt, [[7], [8], [7], [7]])]).Expand(values));
        Assert.Contains("2 distinct completions, but the values have 4 rows", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Counting(long? dropoutSeed) : DelegatingPolicy(null!)
    {
        public int Rows { get; private set; }

        public override long? DropoutSeed => dropoutSeed;

        public override TokenStatistics TokenLogProbabilities(
            IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
        {
            Rows = groups.Sum(group => group.Completions.Count);
            return new TokenStatistics(
                zeros(Rows, 2), ones(Rows, 2),
                options.WithEntropies ? arange(Rows, ScalarType.Float32).view(Rows, 1).repeat(1, 2) : null);
        }
    }
}
