using System.Runtime.InteropServices;

using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// What the vision tower gave for the pictures of the prompts under way. Equal pictures are one: questions about the
/// same picture are the rule in medical sets, and each prompt opens its own. Pictures go through the tower one by one, so
/// that what it gives for a picture does not depend on its company.
/// </summary>
internal sealed class ImageFeatures(IVisionLanguagePolicy policy) : IDisposable
{
    private readonly Dictionary<EncodedImage, Entry> _known = new(ContentComparer.Instance);

    /// <summary>The features of a prompt's pictures, <c>[image tokens, hidden]</c>; null if it has none.</summary>
    public Tensor? Take(EncodedPrompt prompt)
    {
        if (prompt.Images.Count == 0)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        return cat([.. prompt.Images.Select(Take)], 0).MoveToOuterDisposeScope();
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

    private Tensor Take(EncodedImage image)
    {
        if (!_known.TryGetValue(image, out Entry? entry))
        {
            Tensor features = policy.EncodeImages([new EncodedPrompt([], [image])])!;
            entry = new Entry(features.DetachFromDisposeScope());
            _known.Add(image, entry);
        }

        entry.Uses++;
        return entry.Features;
    }

    private sealed class Entry(Tensor features)
    {
        public Tensor Features => features;

        public int Uses { get; set; }
    }

    private sealed class ContentComparer : IEqualityComparer<EncodedImage>
    {
        public static ContentComparer Instance { get; } = new();

        public bool Equals(EncodedImage? left, EncodedImage? right) => ReferenceEquals(left, right)
            || (left is not null && right is not null && left.Grid == right.Grid
                && left.SecondsPerFrame.Equals(right.SecondsPerFrame) && BytesOf(left).SequenceEqual(BytesOf(right)));

        public int GetHashCode(EncodedImage image)
        {
            HashCode hash = default;
            hash.Add(image.Grid);
            hash.AddBytes(BytesOf(image));
            return hash.ToHashCode();
        }

        private static ReadOnlySpan<byte> BytesOf(EncodedImage image) => MemoryMarshal.AsBytes(image.Patches.Span);
    }
}
