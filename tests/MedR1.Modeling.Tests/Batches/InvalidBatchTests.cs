using static MedR1.Modeling.Tests.Batches.SmallLayout;

namespace MedR1.Modeling.Tests.Batches;

public sealed class InvalidBatchTests
{
    private static readonly PromptLayout _layout = Create();

    [Fact]
    public void Prompts_that_the_model_cannot_take_are_named()
    {
        Says("No prompt", () => new SequenceBatch(_layout, []));
        Says("The prompt is empty", () => new SequenceBatch(_layout, [new EncodedPrompt([], [])]));
        Says("21 tokens, but the model's context length is 20", () => new SequenceBatch(_layout, [Words(21)]));
        Says("Token 1 of the prompt is 100, but the model has tokens 0 to 99", () => new SequenceBatch(_layout, [Prompt("5 100")]));
        Says("Token 1 of the prompt is -1", () => new SequenceBatch(_layout, [Prompt("5 -1")]));
    }

    [Fact]
    public void Images_that_do_not_match_their_placeholders_are_named()
    {
        Says("only 0 images", () => new SequenceBatch(_layout, [Prompt("5 90 6")]));
        Says("1 images, but its text has placeholders for 0", () => new SequenceBatch(_layout, [Prompt("5 6", Image(2))]));
        Says(
            "Image 1 has 3 features, but there are only 2 placeholders at token 1",
            () => new SequenceBatch(_layout, [Prompt("5 90 90 6", Image(3))]));
        Says(
            "Image 1 has 3 features, but there are only 2 placeholders at token 1",
            () => new SequenceBatch(_layout, [Prompt("5 90 90", Image(3))]));

        // Too small for a feature, as with fewer patches on a side than are merged to one.
        PromptLayout empty = new(100, 20, 1, [Placeholder], _ => ImagePositions.InOrder(0));
        Says("Image 1 has no features, but there is a placeholder at token 1", () => new SequenceBatch(empty, [Prompt("5 90", Image(1))]));
    }

    [Fact]
    public void Completions_that_the_model_cannot_take_are_named()
    {
        Says("No prompt", () => new GroupBatch(_layout, [], true));
        Says("has no completion", () => new GroupBatch(_layout, [new PackedGroup(Words(3), [])], true));
        Says("completion is empty", () => new GroupBatch(_layout, [new PackedGroup(Words(3), [[1], []])], true));
        Says("have 18 + 3 tokens", () => new GroupBatch(_layout, [new PackedGroup(Words(18), [[1, 2, 3]])], true));
        Says("Token 1 of the completion is 100", () => new GroupBatch(_layout, [new PackedGroup(Words(3), [[1, 100]])], true));
    }

    // The context has 20 tokens, the vocabulary those from 0 to 99.
    [Fact]
    public void What_reaches_the_limits_is_taken()
    {
        Assert.Equal(20, new SequenceBatch(_layout, [Words(20)]).Longest);
        Assert.Equal(2, new SequenceBatch(_layout, [Prompt("0 99")]).Longest);
        Assert.Equal(3, new GroupBatch(_layout, [new PackedGroup(Words(17), [[0, 99, 0]])], true).Targets.Columns);
    }

    [Fact]
    public void A_layout_has_limits_and_image_positions_on_all_its_axes()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PromptLayout(0, 1, 1, [], _ => ImagePositions.InOrder(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PromptLayout(1, 0, 1, [], _ => ImagePositions.InOrder(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PromptLayout(1, 1, 0, [], _ => ImagePositions.InOrder(1)));
        Assert.Throws<ArgumentException>(() => new ImagePositions([], 1));
        Assert.Throws<ArgumentException>(() => new ImagePositions([[0, 1], [0]], 1));
        PromptLayout other = new(100, 20, 3, [Placeholder], _ => ImagePositions.InOrder(2));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => new SequenceBatch(other, [Prompt("5 i 6", Image(2))]));
        Assert.Contains("The layout has 3 axes, but its image positions have 1", error.Message, StringComparison.Ordinal);
        PromptLayout none = new(100, 20, 1, [Placeholder], _ => null!);
        error = Assert.Throws<InvalidOperationException>(() => new SequenceBatch(none, [Prompt("5 i 6", Image(2))]));
        Assert.Contains("The layout's function returned null for an image", error.Message, StringComparison.Ordinal);
    }

    private static EncodedPrompt Words(int count) => new([.. Enumerable.Repeat(5, count)], []);

    private static void Says(string text, Func<object> action) =>
        Assert.Contains(text, Assert.Throws<InvalidPromptException>(action).Message, StringComparison.Ordinal);
}
