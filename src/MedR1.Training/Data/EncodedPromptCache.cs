using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Keeps encoded prompts, and drops the least recently used when the capacity is exceeded: an image is decoded and resized once, not once
/// per epoch.
/// </summary>
/// <remarks>
/// Safe to use from several threads at once; two threads that request the same new prompt may both encode it.
/// </remarks>
internal sealed class EncodedPromptCache(IVisionLanguageProcessor processor, long capacityInBytes)
{
    private readonly RecentlyUsed<object, EncodedPrompt> _prompts = new(capacityInBytes);

    public long ByteSize => _prompts.ByteSize;

    public int Count => _prompts.Count;

    /// <summary>Encodes a prompt, or returns the one that was encoded under the same key.</summary>
    /// <param name="key">Identifies the prompt; null for a prompt that is not used again.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="cancellationToken">Cancels the encoding.</param>
    public EncodedPrompt Encode(object? key, VqaPrompt prompt, CancellationToken cancellationToken)
    {
        if (key is null || capacityInBytes == 0)
        {
            return processor.Encode(prompt, cancellationToken);
        }

        if (_prompts.TryGet(key, out EncodedPrompt? known))
        {
            return known;
        }

        EncodedPrompt encoded = processor.Encode(prompt, cancellationToken);
        return _prompts.Add(key, encoded, SizeOf(encoded));
    }

    private static long SizeOf(EncodedPrompt prompt) =>
        256 + 4L * prompt.TokenIds.Count + 2L * prompt.Text.Length
            + prompt.Images.Sum(image => 4L * image.Patches.Length);
}
