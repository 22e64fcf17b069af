using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The positions of the tokens of a prompt in time, height and width (arXiv 2409.12191, section 2.1): a text token advances
/// all three axes at once, an image spans height and width from the current position, and the text after it continues from
/// the largest position.
/// </summary>
internal sealed class PromptPositions
{
    private PromptPositions(int length)
    {
        Time = new int[length];
        Height = new int[length];
        Width = new int[length];
    }

    public int[] Time { get; }

    public int[] Height { get; }

    public int[] Width { get; }

    /// <summary>The position of the first token after the prompt, on all three axes.</summary>
    public int Next { get; private set; }

    /// <summary>The indices of the placeholders, in order, one for each feature.</summary>
    public List<int> Placeholders { get; } = [];

    /// <exception cref="InvalidPromptException">Placeholders and images don't match.</exception>
    public static PromptPositions Compute(Qwen2VLConfiguration configuration, EncodedPrompt prompt)
    {
        IReadOnlyList<int> tokens = prompt.TokenIds;
        var positions = new PromptPositions(tokens.Count);
        int image = 0;
        for (int place = 0; place < tokens.Count;)
        {
            if (!configuration.IsPlaceholder(tokens[place]))
            {
                positions.Set(place++, positions.Next, positions.Next, positions.Next);
                positions.Next++;
                continue;
            }

            if (image == prompt.Images.Count)
            {
                throw new InvalidPromptException(
                    $"Token {place} of the prompt stands for an image, but the prompt has only " +
                    $"{prompt.Images.Count} images{Show(prompt)}. Give as many images as the text has placeholders.");
            }

            place = positions.Place(configuration, prompt, place, prompt.Images[image], image);
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

    private int Place(Qwen2VLConfiguration configuration, EncodedPrompt prompt, int place, EncodedImage image,
        int index)
    {
        int merge = configuration.Vision.SpatialMergeSize;
        (int rows, int columns) = (image.Grid.Rows / merge, image.Grid.Columns / merge);
        int count = image.Grid.Frames * rows * columns;
        int token = prompt.TokenIds[place];
        int found = 0;
        while (place + found < prompt.TokenIds.Count && found < count && prompt.TokenIds[place + found] == token)
        {
            found++;
        }

        if (found < count || count == 0)
        {
            throw new InvalidPromptException(
                $"Image {index + 1} has {count} features, but there are only {found} placeholders at token " +
                $"{place}{Show(prompt)}. " +
                "Expand the placeholder to one token per feature.");
        }

        int start = Next;
        int last = start;
        for (int frame = 0; frame < image.Grid.Frames; frame++)
        {
            // Qwen2.5-VL counts time in seconds, Qwen2-VL in frames.
            double tokensPerSecond = configuration.Vision.TokensPerSecond;
            int time = start + (tokensPerSecond > 0 ? (int)(frame * image.SecondsPerFrame * tokensPerSecond) : frame);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    Placeholders.Add(place);
                    Set(place++, time, start + row, start + column);
                }
            }

            last = Math.Max(last, time);
        }

        Next = Math.Max(last, start + Math.Max(rows, columns) - 1) + 1;
        return place;
    }

    private void Set(int place, int time, int height, int width)
    {
        Time[place] = time;
        Height[place] = height;
        Width[place] = width;
    }

    private static string Show(EncodedPrompt prompt) => prompt.Text.Length == 0 ? "" : $" ('{prompt.Text}')";
}
