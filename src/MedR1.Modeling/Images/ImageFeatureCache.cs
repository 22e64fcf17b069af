using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A cache of the image features of a frozen tower, by image content, since in medical data sets many questions share an image
/// that each of them may have loaded separately. Each image is computed separately, because other images in a batch would change
/// the rounding, and a resumed run, which starts with an empty cache, must compute the same features.
/// </summary>
/// <remarks>
/// What <see cref="IVisionLanguagePolicy.CacheImageFeatures"/> of a family can return. Features are cached without gradient. Not thread-safe.
/// </remarks>
public sealed class ImageFeatureCache : IDisposable
{
    private readonly RecentlyUsed<ImageKey, Tensor> _features;
    private readonly ConditionalWeakTable<EncodedImage, ImageKey> _keys = [];
    private readonly IReadOnlyList<Parameter> _visionParameters;
    private readonly long _maxBytes;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="visionParameters">The parameters of tower and merger, by which the cache sees whether they are frozen.</param>
    /// <param name="maxBytes">The maximum number of bytes of the features; the least recently used are dropped.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is below 1.</exception>
    public ImageFeatureCache(IReadOnlyList<Parameter> visionParameters, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(visionParameters);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        _visionParameters = visionParameters;
        _maxBytes = maxBytes;
        _features = new(maxBytes, features => features.Dispose());
    }

    /// <summary>The number of images computed by the tower.</summary>
    public int ComputedCount { get; private set; }

    /// <summary>The number of bytes of the cached features.</summary>
    public long ByteSize => _features.ByteSize;

    /// <summary>Whether the cache was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>
    /// Whether the cache may be used: it was not disposed, and the tower is frozen. If the tower has become trainable, the cache is cleared.
    /// </summary>
    public bool AreValid()
    {
        if (IsDisposed)
            return false;
        bool isFrozen = _visionParameters.All(parameter => !parameter.requires_grad);
        if (!isFrozen)
            _features.Clear();
        return isFrozen;
    }

    /// <summary>Returns the features of images, and computes those of images that are not cached.</summary>
    /// <param name="images">The images, at least one.</param>
    /// <param name="encode">Computes <c>[image tokens, width]</c> of one image, without gradient.</param>
    /// <returns><c>[image tokens, width]</c> in the order of the images; a new tensor.</returns>
    /// <exception cref="ArgumentException">There is no image.</exception>
    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    public Tensor Of(IReadOnlyList<EncodedImage> images, Func<EncodedImage, Tensor> encode)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(encode);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (images.Count == 0)
            throw new ArgumentException("There is no image; give at least one.", nameof(images));
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

    /// <summary>Frees the features.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        _features.Clear();
    }

    private void Hold(ImageKey key, Tensor features)
    {
        long bytes = features.numel() * features.element_size();
        if (bytes <= _maxBytes)
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
