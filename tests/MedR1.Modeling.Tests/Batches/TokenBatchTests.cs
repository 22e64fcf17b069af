using TorchSharp;

using static MedR1.Modeling.Tests.Batches.SmallLayout;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Batches;

public sealed class TokenBatchTests
{
    private static readonly PromptLayout _layout = Create();

    // Both prompts begin with 5, an image of two tokens and 6, of which the second prompt stores nothing. The image starts at 1 on both axes,
    // and the text after it at 3. A completion continues where its prompt ends: at 5 and 6.
    [Fact]
    public void Groups_are_the_prompts_and_then_what_is_fed_of_their_completions()
    {
        using DisposeScope scope = NewDisposeScope();
        EncodedImage image = Image(2), other = Image(1, 5);
        GroupBatch batch = new(
            _layout,
            [
                new PackedGroup(Prompt("5 i 6 7", image), [[20, 21, 22], [30]]),
                new PackedGroup(Prompt("5 i 6 i 8", Image(2), other), [[40, 41]]),
            ],
            sharesPrefix: true);
        Assert.Equal(4, batch.Prefix);
        Assert.Equal([5, 6], batch.Lengths);
        Assert.Equal([5, 6], batch.NextPositions);
        Assert.Equal([5L, 90, 90, 6, 7, 90, 8, 20, 21, 40], batch.Tokens(CPU).data<long>());
        Assert.Equal(
            [0f, 1, 1, 3, 4, 4, 5, 5, 6, 6, 0f, 1, 2, 3, 4, 4, 5, 5, 6, 6], batch.Positions(CPU).view(-1).data<float>());

        // The features of both prompts' images, of which the two of the second prompt's first image are in the prefix.
        Assert.Equal([1L, 2, 5], batch.Placeholders(CPU).data<long>());
        Assert.Equal(5, batch.FeatureCount);
        Assert.Equal([0f, 1, 4], batch.FeaturesOf(arange(5, ScalarType.Float32).view(5, 1), 1).view(-1).data<float>());

        // The outputs: the ends of the two prompts, then 20, 21 and 40.
        (Tensor sources, Tensor targets, Tensor mask) = batch.Targets.ToDevice(CPU);
        Assert.Equal([0L, 2, 3, 0, 0, 0, 1, 4, 0], sources.view(-1).data<long>());
        Assert.Equal([20L, 21, 22, 30, 0, 0, 40, 41, 0], targets.view(-1).data<long>());
        Assert.Equal([true, true, true, true, false, false, true, true, false], mask.view(-1).data<bool>());
        Assert.Equal([3L, 3], sources.shape);
        Assert.Equal(
            [0f, 2, 3, 0, 0, 0, 1, 4, 0], batch.Targets.Arrange(arange(5, ScalarType.Float32).view(5, 1)).view(-1).data<float>());
    }

    [Fact]
    public void Sequences_are_padded_and_predict_all_tokens_but_the_first()
    {
        using DisposeScope scope = NewDisposeScope();
        SequenceBatch batch = new(_layout, [Prompt("5 6"), Prompt("7 8 9")]);
        Assert.Equal(3, batch.Longest);
        Assert.Equal([5L, 6, 0, 7, 8, 9], batch.Tokens(CPU).data<long>());
        Assert.Equal([0f, 1, 0, 0, 1, 2], batch.Positions(CPU)[0].data<float>());

        // Predicted from 5, 7 and 8, the outputs 0, 3 and 4.
        Assert.Equal([0f, 3, 4], batch.NeededOf(arange(6, ScalarType.Float32).view(6, 1)).view(-1).data<float>());
        (Tensor sources, Tensor targets, Tensor mask) = batch.Targets.ToDevice(CPU);
        Assert.Equal([0L, 0, 1, 2], sources.view(-1).data<long>());
        Assert.Equal([6L, 0, 8, 9], targets.view(-1).data<long>());
        Assert.Equal([true, false, true, true], mask.view(-1).data<bool>());
    }

    // Logits of 0 give each of four tokens 1/4.
    [Fact]
    public void Statistics_of_targets_are_0_at_padding()
    {
        using DisposeScope scope = NewDisposeScope();
        SequenceBatch batch = new(new PromptLayout(4, 9, 1, [], _ => ImagePositions.InOrder(1)), [Prompt("1 2"), Prompt("1 2 3")]);
        using TokenStatistics statistics = TokenScores.Compute(zeros(3, 4), batch.Targets, new TokenStatisticsOptions());
        float expected = (float)-Math.Log(4);
        Assert.Equal([expected, 0, expected, expected], statistics.LogProbabilities.view(-1).data<float>().ToArray());
    }

    [Fact]
    public void Sequences_of_one_token_predict_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        SequenceBatch batch = new(_layout, [Prompt("1"), Prompt("2")]);
        Tensor logits = batch.NeededOf(zeros(2, 100));
        using TokenStatistics statistics = TokenScores.Compute(logits, batch.Targets, new TokenStatisticsOptions());
        Assert.Equal([2L, 0], statistics.LogProbabilities.shape);
        Assert.Equal([2L, 0], statistics.Mask.shape);
        Assert.Equal([2L, 0, 100], batch.Targets.Arrange(logits).shape);
        ArgumentException error = Assert.Throws<ArgumentException>(() => batch.Targets.Arrange(zeros(3)));
        Assert.Contains("Expected outputs of shape [M, width], but got [3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_leaves_no_tensors_but_its_own()
    {
        SequenceBatch batch = new(_layout, [Prompt("5 6"), Prompt("7 8 9")]);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        (Tensor sources, Tensor targets, Tensor mask) = batch.Targets.ToDevice(CPU);
        Assert.Equal(before + 3, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        sources.Dispose();
        targets.Dispose();
        mask.Dispose();
    }

    [Fact]
    public void A_failed_prefill_leaves_its_slots_empty()
    {
        using DisposeScope scope = NewDisposeScope();
        using SlotKeyValueCache cache = new(1, 1, 8, 2, 1, 6, 1, CPU, ScalarType.Float32);
        PrefillBatch batch = new(_layout, [Prompt("5 6 7"), Prompt("5 6 8 9")], [1, 0], cache, sharesPrefix: true);
        Tensor result = batch.Run(pattern =>
        {
            Assert.Equal([4, 3], cache.PromptLengths);

            // The last tokens of prompts of 3 and 4 tokens, of which the second stores two.
            Assert.Equal([2L, 4], pattern.Kept!.data<long>());
            return zeros(2, 5);
        });
        Assert.Equal([2L, 5], result.shape);
        Assert.Equal([4, 3], cache.NextPositions);
        Assert.Throws<InvalidOperationException>(() => batch.Run(_ => throw new InvalidOperationException()));
        Assert.Equal([0, 0], cache.PromptLengths);
        Assert.Throws<ArgumentException>(() => new PrefillBatch(_layout, [Prompt("5")], [0, 1], cache, false).Run(_ => zeros(1, 5)));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    public void Features_of_another_shape_are_refused(int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        SequenceBatch batch = new(_layout, [Prompt("5 i 6", Image(2))]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => batch.FeaturesOf(zeros(rows, width), 2));
        Assert.Contains($"[{rows}, {width}], but the prompts' images need [2, 2]", error.Message, StringComparison.Ordinal);
    }
}
