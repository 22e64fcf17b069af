using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// What the vision tower gave for the pictures of the prompts under way. Equal pictures are one: questions about the
/// same picture are the rule in medical sets, and each prompt opens its own.
/// </summary>
internal sealed class ImageFeatures(IVisionLanguagePolicy policy) : IDisposable
{
    private readonly Dictionary<EncodedImage, Entry> _known = new(EncodedImage.ByContent);

    /// <summary>The features of prompts' pictures, <c>[image tokens, hidden]</c>; null if they have none.</summary>
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

    /// <summary>Forgets a prompt's pictures, unless another prompt under way has them.</summary>
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
        long patchesToARow = images.Sum(image => (long)image.Grid.PatchCount) / all.shape[0];
        long start = 0;
        foreach (EncodedImage image in images)
        {
            long rows = image.Grid.PatchCount / patchesToARow;

            // A copy: an image that is needed for a long time must not keep the whole batch alive.
            _known.Add(image, new Entry(all.narrow(0, start, rows).clone().DetachFromDisposeScope()));
            start += rows;
        }
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
