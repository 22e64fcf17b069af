namespace MedR1.Modeling;

/// <summary>The positions of the tokens of a prompt, and the places of its images' features.</summary>
internal sealed class PromptPositions
{
    private PromptPositions(int axes, int length) => Axes = [.. Enumerable.Range(0, axes).Select(_ => new int[length])];

    /// <summary>The position of each token on each axis.</summary>
    public int[][] Axes { get; }

    /// <summary>The position of the first token after the prompt, on all axes.</summary>
    public int Next { get; private set; }

    /// <summary>The indices of the placeholders, in order, one for each feature.</summary>
    public List<int> Placeholders { get; } = [];

    /// <exception cref="InvalidPromptException">Placeholders and images don't match.</exception>
    public static PromptPositions Compute(PromptLayout layout, EncodedPrompt prompt)
    {
        IReadOnlyList<int> tokens = prompt.TokenIds;
        var positions = new PromptPositions(layout.Axes, tokens.Count);
        int image = 0;
        for (int place = 0; place < tokens.Count;)
        {
            if (!layout.IsPlaceholder(tokens[place]))
            {
                foreach (int[] axis in positions.Axes)
                {
                    axis[place] = positions.Next;
                }

                place++;
                positions.Next++;
                continue;
            }

            if (image == prompt.Images.Count)
            {
                throw new InvalidPromptException(
                    $"Token {place} of the prompt stands for an image, but the prompt has only " +
                    $"{prompt.Images.Count} images{Show(prompt)}. Give as many images as the text has placeholders.");
            }

            place = positions.Place(layout.PositionsOf(prompt.Images[image]), prompt, place, image);
            image++;
        }

        if (image < prompt.Images.Count)
        {
            throw new InvalidPromptException(
                $"The prompt has {prompt.Images.Count} images, but its text has placeholders for {image}{Show(prompt)}. " +
                "Give as many images as the text has placeholders.");
        }

        return positions;
    }

    private int Place(ImagePositions image, EncodedPrompt prompt, int place, int index)
    {
        int count = image.TokenCount;
        if (count == 0)
        {
            throw new InvalidPromptException(
                $"Image {index + 1} has no features, but there is a placeholder at token {place}{Show(prompt)}. "
                + "Prepare images with the model's processor, which makes them large enough.");
        }

        int token = prompt.TokenIds[place];
        int found = 0;
        while (place + found < prompt.TokenIds.Count && found < count && prompt.TokenIds[place + found] == token)
        {
            found++;
        }

        if (found < count)
        {
            throw new InvalidPromptException(
                $"Image {index + 1} has {count} features, but there are only {found} placeholders at token " +
                $"{place}{Show(prompt)}. " +
                "Expand the placeholder to one token per feature.");
        }

        for (int axis = 0; axis < Axes.Length; axis++)
        {
            for (int offset = 0; offset < count; offset++)
            {
                Axes[axis][place + offset] = Next + image.Axes[axis][offset];
            }
        }

        Placeholders.AddRange(Enumerable.Range(place, count));
        Next += image.Advance;
        return place + count;
    }

    private static string Show(EncodedPrompt prompt) => prompt.Text.Length == 0 ? "" : $" ('{prompt.Text}')";
}
