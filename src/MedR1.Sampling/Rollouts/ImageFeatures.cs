using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// The vision tower's features for the images of the prompts in progress. Equal images are encoded once: several questions about one image
/// are common in medical data sets, and each prompt loads its own copy.
/// </summary>
internal sealed class ImageFeatures(IVisionLanguagePolicy policy) : IDisposable
{
    private readonly Dictionary<EncodedImage, Entry> _known = new(EncodedImage.ByContent);

    /// <summary>The features of the prompts' images, <c>[image tokens, hidden]</c>; null if there are no images.</summary>
    public Tensor? Take(IReadOnlyList<EncodedPrompt> prompts)
    {
        EncodedImage[] images = [.. prompts.SelectMany(prompt => prompt.Images)];
        if (images.Length == 0)
        {
            return null;
        }

        Encode([.. images.Where(image => !_known.ContainsKey(image)).Distinct(EncodedImage.ByContent)]);
        return cat([.. images.Select(Use)], 0);
    }

    /// <summary>Releases a prompt's images; features that no other prompt in progress uses are freed.</summary>
    public void Release(EncodedPrompt prompt)
    {
        foreach (EncodedImage image in prompt.Images)
        {
            Entry entry = _known[image];
            if (--entry.Uses == 0)
            {
                entry.Features.Dispose();
                _known.Remove(image);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Entry entry in _known.Values)
        {
            entry.Features.Dispose();
        }
    }

    private void Encode(EncodedImage[] images)
    {
        if (images.Length == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor all = policy.EncodeImages([new EncodedPrompt([], images)])!;
        long patchesToARow = PatchesToARow(images, all);
        long start = 0;
        foreach (EncodedImage image in images)
        {
            long rows = image.Grid.PatchCount / patchesToARow;

            // A copy: an image that is needed for a long time must not keep the whole batch alive.
            _known.Add(image, new Entry(all.narrow(0, start, rows).clone().DetachFromDisposeScope()));
            start += rows;
        }
    }

    // Rows that are not in proportion to patches would silently give images the features of others.
    private long PatchesToARow(EncodedImage[] images, Tensor features)
    {
        long patches = images.Sum(image => (long)image.Grid.PatchCount);
        long rows = features.shape[0];
        if (rows > 0 && patches % rows == 0 && images.All(image => image.Grid.PatchCount % (patches / rows) == 0))
        {
            return patches / rows;
        }

        throw new InvalidOperationException(
            $"{policy.GetType().Name}.EncodeImages returned {rows} rows for images of "
            + $"{string.Join(", ", images.Select(image => image.Grid.PatchCount))} patches, which can't be divided in proportion to the "
            + "patches: every row must stand for the same number of patches of an EncodedImage's Grid.");
    }

    private Tensor Use(EncodedImage image)
    {
        Entry entry = _known[image];
        entry.Uses++;
        return entry.Features;
    }

    private sealed class Entry(Tensor features)
    {
        public Tensor Features => features;

        public int Uses { get; set; }
    }
}
