using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Chat template, image processor and tokenizer of a Qwen2-VL or Qwen2.5-VL model.</summary>
public sealed class Qwen2VLProcessor : IVisionLanguageProcessor
{
    private readonly int _placeholderId;
    private readonly int _endOfMessageId;

    /// <summary>Creates a processor.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="images">The image processor.</param>
    /// <exception cref="InvalidPromptException">The tokenizer lacks a control token of the family.</exception>
    public Qwen2VLProcessor(ITextTokenizer tokenizer, ImageProcessor images)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(images);
        Tokenizer = tokenizer;
        Images = images;
        _placeholderId = Qwen2VLTokens.IdOf(tokenizer, Qwen2VLTokens.ImagePlaceholder);
        _endOfMessageId = Qwen2VLTokens.IdOf(tokenizer, Qwen2VLTokens.MessageEnd);
    }

    /// <inheritdoc/>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>The image processor.</summary>
    public ImageProcessor Images { get; }

    /// <summary>
    /// The files from which the processor was read, by name; saving a model writes them again, byte for byte.
    /// </summary>
    internal IReadOnlyDictionary<string, byte[]> Files { get; private init; } = new Dictionary<string, byte[]>();

    /// <summary>
    /// Reads the tokenizer and <c>preprocessor_config.json</c> of a checkpoint folder, or <c>processor_config.json</c> if that
    /// has an <c>image_processor</c>, as transformers 5 does.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How images are read; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has no tokenizer or neither of the two configuration files.</exception>
    /// <exception cref="TokenizerFormatException">A tokenizer file is corrupt.</exception>
    /// <exception cref="ModelConfigurationException">A field of the configuration file is invalid.</exception>
    public static Qwen2VLProcessor Load(string folder, ImageProcessorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        CheckpointFiles.RequireFolder(folder);
        ImageProcessorConfiguration images = ImageProcessorConfiguration.Load(folder);
        return new Qwen2VLProcessor(Qwen2VLTokens.LoadTokenizer(folder), new ImageProcessor(images, options))
        {
            Files = CheckpointFiles.ReadCompanions(folder),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="MedR1.Imaging.ImageFormatException">The bytes are not an image.</exception>
    /// <exception cref="MedR1.Imaging.ImageTooLargeException">An image is larger than the options allow.</exception>
    /// <exception cref="MedR1.Imaging.AspectRatioException">One side of an image is more than 200 times the other.</exception>
    public EncodedPrompt Encode(VqaPrompt prompt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Messages.Count == 0)
            throw new InvalidPromptException("The prompt has no message; ask something.");
        if (!prompt.Messages.Any(message => message.Content.Any(IsSomething)))
            throw new InvalidPromptException("The prompt's messages contain neither text nor an image; ask something.");
        ChatMessage last = prompt.Messages[^1];
        if (last.Role == ChatRole.User
            && !last.Content.OfType<TextPart>().Any(part => !string.IsNullOrWhiteSpace(part.Text)))
        {
            throw new InvalidPromptException(
                "The user's last message has no text; add the question to the image.");
        }

        var images = new List<EncodedImage>();
        foreach (IImageSource source in prompt.Images)
        {
            cancellationToken.ThrowIfCancellationRequested();
            images.Add(Images.Process(source));
        }

        IReadOnlyList<PromptSegment> segments = ChatTemplate.RenderSegments(prompt.Messages);
        IReadOnlyList<int> tokens = PromptExpansion.Expand(
            ChatTemplate.Encode(Tokenizer, segments), _placeholderId, [.. images.Select(image => image.Grid)],
            Images.Configuration.MergeSize);
        return new EncodedPrompt(tokens, images) { Text = ChatTemplate.ToText(segments) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> EncodeCompletion(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Tokenizer.Encode(text), _endOfMessageId];
    }

    /// <summary>Writes the tokenizer and <c>preprocessor_config.json</c>, including the image limits of the options.</summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <exception cref="NotSupportedException">The tokenizer was not loaded from a folder and can't be written.</exception>
    /// <exception cref="IOException">A file can't be written; no file is left half-written.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Files.Count == 0)
        {
            BytePairTokenizer tokenizer = Tokenizer as BytePairTokenizer ?? throw new NotSupportedException(
                $"A {Tokenizer.GetType().Name} can't be saved; use a {nameof(BytePairTokenizer)} or one " +
                "that was loaded from a checkpoint folder.");
            tokenizer.Save(folder);
        }

        Dictionary<string, byte[]> files = new(Files);
        if (Files.Count == 0 || Images.HasOwnLimits)
            ImageProcessorFiles.Add(files, Images.Configuration, folder);
        WholeFile.Write([.. files.Select(file => (Path.Combine(folder, file.Key), file.Value))]);
    }

    private static bool IsSomething(ChatPart part) =>
        part is not TextPart text || !string.IsNullOrWhiteSpace(text.Text);
}
