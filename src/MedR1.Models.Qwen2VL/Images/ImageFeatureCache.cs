using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// A cache of the image features of a frozen tower, by image content, since in medical data sets many questions share an image
/// that each of them may have loaded separately. Each image is computed separately, because other images in a batch would change
/// the rounding, and a resumed run, which starts with an empty cache, must compute the same features.
/// </summary>
internal sealed class ImageFeatureCache(IReadOnlyList<Parameter> visionParameters, long maxBytes) : IDisposable
{
    private readonly RecentlyUsed<ImageKey, Tensor> _features = new(maxBytes, features => features.Dispose());
    private readonly ConditionalWeakTable<EncodedImage, ImageKey> _keys = [];

    /// <summary>The number of images computed by the tower.</summary>
    public int ComputedCount { get; private set; }

    /// <summary>The number of bytes of the cached features.</summary>
    public long ByteSize => _features.ByteSize;

    /// <summary>Whether the cache was disposed.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether cached features equal those that the tower would compute; clears the cache if the tower is trainable.</summary>
    public bool AreValid()
    {
        if (IsEnded)
            return false;
        bool isFrozen = visionParameters.All(parameter => !parameter.requires_grad);
        if (!isFrozen)
            _features.Clear();
        return isFrozen;
    }

    /// <summary>Returns the features of images, <c>[image tokens, hidden]</c>, in the order of the images.</summary>
    /// <param name="images">The images, at least one.</param>
    /// <param name="encode">Computes <c>[image tokens, hidden]</c> of one image.</param>
    public Tensor Of(IReadOnlyList<EncodedImage> images, Func<EncodedImage, Tensor> encode)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Dictionary<ImageKey, Tensor> fresh = [];
        List<Tensor> parts = [];
        foreach (EncodedImage image in images)
        {
            ImageKey key = _keys.GetValue(image, ImageKey.Of);
            if (!_features.TryGet(key, out Tensor? part) && !fresh.TryGetValue(key, out part))
            {
                part = encode(image);
                fresh.Add(key, part);
                ComputedCount++;
            }

            parts.Add(part);
        }

        // Concatenated before the new features are cached, which may evict others.
        Tensor all = cat(parts, 0);
        foreach ((ImageKey key, Tensor part) in fresh)
        {
            Hold(key, part);
        }

        return all.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        IsEnded = true;
        _features.Clear();
    }

    private void Hold(ImageKey key, Tensor features)
    {
        long bytes = features.numel() * features.element_size();
        if (bytes <= maxBytes)
            _features.Add(key, features.DetachFromDisposeScope(), bytes);
    }

    /// <summary>The content of an image as a digest, because patches take several times the memory of features.</summary>
    private sealed record ImageKey(ImageGrid Grid, double SecondsPerFrame, string Digest)
    {
        public static ImageKey Of(EncodedImage image) => new(
            image.Grid, image.SecondsPerFrame,
            Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(image.Patches.Span))));
    }
}
