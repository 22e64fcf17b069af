using MedR1.Modeling;

namespace MedR1.Testing;

/// <summary>
/// The processor of <see cref="TinyPolicy"/>: each message is a turn token, its text as bytes and one token for each image, and
/// an end token; a turn token follows. An image becomes 48 values: the mean colors of a grid of 4 × 4 cells of a
/// <see cref="PixelImageSource"/>, or the means of 48 equal parts of any other source's bytes, undecoded.
/// </summary>
public sealed class TinyProcessor : IVisionLanguageProcessor
{
    /// <summary>Number of values of an image.</summary>
    public const int ImageValueCount = 48;

    private const int FieldsPerSide = 4;

    /// <inheritdoc/>
    public ITextTokenizer Tokenizer { get; } = new ByteTokenizer();

    /// <inheritdoc/>
    public EncodedPrompt Encode(VqaPrompt prompt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (!prompt.Messages.Any(
            message => message.Content.Any(part => part is ImagePart or TextPart { Text.Length: > 0 })))
        {
            throw new InvalidPromptException("The prompt contains neither text nor an image; ask something.");
        }

        List<int> tokens = [];
        List<EncodedImage> images = [];
        foreach (ChatMessage message in prompt.Messages)
        {
            tokens.Add(ByteTokenizer.TurnTokenId);
            foreach (ChatPart part in message.Content)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (part is ImagePart image)
                {
                    tokens.Add(ByteTokenizer.ImageTokenId);
                    images.Add(new EncodedImage(new ImageGrid(1, 1, 1), Average(image.Image)));
                }
                else if (part is TextPart text)
                {
                    tokens.AddRange(Tokenizer.Encode(text.Text));
                }
            }

            tokens.Add(ByteTokenizer.EndTokenId);
        }

        tokens.Add(ByteTokenizer.TurnTokenId);
        return new EncodedPrompt(tokens, images) { Text = Tokenizer.Decode(tokens, skipSpecialTokens: false) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> EncodeCompletion(string text) => [.. Tokenizer.Encode(text), ByteTokenizer.EndTokenId];

    private static float[] Average(IImageSource source)
    {
        if (source is PixelImageSource pixels)
        {
            return AverageFields(pixels.Image);
        }

        using MemoryStream bytes = new();
        using (Stream stream = source.OpenRead())
        {
            stream.CopyTo(bytes);
        }

        byte[] file = bytes.ToArray();
        return [.. Enumerable.Range(0, ImageValueCount).Select(part => Mean(file, part))];
    }

    private static float Mean(byte[] file, int part)
    {
        int from = (int)((long)file.Length * part / ImageValueCount);
        int to = (int)((long)file.Length * (part + 1) / ImageValueCount);
        return to > from ? (float)(file[from..to].Average(value => value) / 255) : 0f;
    }

    private static float[] AverageFields(RgbImage image)
    {
        double[] sums = new double[ImageValueCount];
        int[] counts = new int[ImageValueCount];
        ReadOnlySpan<byte> pixels = image.Pixels.Span;
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % image.Width;
            int y = i / 3 / image.Width;
            int field = y * FieldsPerSide / image.Height * FieldsPerSide + x * FieldsPerSide / image.Width;
            sums[field * 3 + i % 3] += pixels[i];
            counts[field * 3 + i % 3]++;
        }

        return [.. sums.Select((sum, i) => counts[i] == 0 ? 0f : (float)(sum / counts[i] / 255))];
    }
}
