namespace MedR1.Modeling.Tests.Batches;

/// <summary>
/// A family of two axes with a token for every two patches: on the first axis the tokens of an image are at one position, on the second they
/// are numbered.
/// </summary>
internal static class SmallLayout
{
    public const int Placeholder = 90, Other = 91;

    public static PromptLayout Create() => new(100, 20, 2, [Placeholder, Other], image =>
    {
        int tokens = image.Grid.PatchCount / 2;
        return new ImagePositions([[.. Enumerable.Repeat(0, tokens)], [.. Enumerable.Range(0, tokens)]], tokens);
    });

    public static EncodedImage Image(int tokens, int seed = 1) =>
        new(new ImageGrid(1, 2, tokens), Enumerable.Range(seed, 2 * tokens).Select(value => (float)value).ToArray());

    /// <summary>Tokens separated by spaces, <c>i</c> for the placeholders of the next image.</summary>
    public static EncodedPrompt Prompt(string tokens, params EncodedImage[] images)
    {
        Queue<EncodedImage> next = new(images);
        return new EncodedPrompt(
            [.. tokens.Split(' ').SelectMany(token => token == "i"
                ? Enumerable.Repeat(Placeholder, next.Dequeue().Grid.PatchCount / 2) : [int.Parse(token)])],
            images);
    }
}
