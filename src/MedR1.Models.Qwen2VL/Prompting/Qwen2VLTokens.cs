using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>The control tokens of Qwen2-VL and Qwen2.5-VL.</summary>
public static class Qwen2VLTokens
{
    /// <summary>Ends a document; the padding token.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Begins a message.</summary>
    public const string MessageStart = "<|im_start|>";

    /// <summary>Ends a message, and therefore an answer.</summary>
    public const string MessageEnd = "<|im_end|>";

    /// <summary>Precedes an image's placeholders.</summary>
    public const string VisionStart = "<|vision_start|>";

    /// <summary>Follows an image's placeholders.</summary>
    public const string VisionEnd = "<|vision_end|>";

    /// <summary>The placeholder of an image: one in the rendered text, one for each feature in the model's input.</summary>
    public const string ImagePlaceholder = "<|image_pad|>";

    /// <summary>The placeholder of a video.</summary>
    public const string VideoPlaceholder = "<|video_pad|>";

    /// <summary>All control tokens in the order of their published ids (151643 to 151656).</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        EndOfText, MessageStart, MessageEnd, "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
        "<|box_end|>",
        "<|quad_start|>", "<|quad_end|>", VisionStart, VisionEnd, "<|vision_pad|>", ImagePlaceholder, VideoPlaceholder,
    ];

    /// <summary>
    /// Loads the tokenizer of a checkpoint. If its files name no added tokens, the published control tokens are added after the
    /// vocabulary.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">The folder has no tokenizer.</exception>
    /// <exception cref="TokenizerFormatException">A file is corrupt or requires something unsupported.</exception>
    public static BytePairTokenizer LoadTokenizer(string folder) => BytePairTokenizer.Load(folder, All);

    /// <summary>Returns the id of a control token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="token">The name of the token.</param>
    /// <exception cref="InvalidPromptException">The tokenizer has no such control token.</exception>
    public static int IdOf(ITextTokenizer tokenizer, string token)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.SpecialTokens.TryGetValue(token, out int id)
            ? id
            : throw new InvalidPromptException(
                $"The tokenizer has no control token '{token}', which the chat template needs; it has: " +
                $"{string.Join(", ", tokenizer.SpecialTokens.Keys.Order(StringComparer.Ordinal))}.");
    }
}
