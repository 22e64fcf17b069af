using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// What a tower that stays as it is gave for pictures, by their content: questions about one picture are the rule in medical
/// sets, and each may have opened it anew. Each picture is computed by itself: what stands beside it in a batch changes
/// roundings, and a run that goes on, which begins with nothing kept, must compute the same.
/// </summary>
internal sealed class KeptImageFeatures(IReadOnlyList<Parameter> visionParameters, long maxBytes) : IDisposable
{
    private readonly RecentlyUsed<ImageKey, Tensor> _features = new(maxBytes, features => features.Dispose());
    private readonly ConditionalWeakTable<EncodedImage, ImageKey> _keys = [];

    /// <summary>Pictures that went through the tower.</summary>
    public int ComputedCount { get; private set; }

    /// <summary>Bytes of the features that are held.</summary>
    public long ByteSize => _features.ByteSize;

    /// <summary>Whether it was disposed.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether features stand for what the tower would give; forgets them if it learns.</summary>
    public bool AreValid()
    {
        if (IsEnded)
            return false;
        bool isFrozen = visionParameters.All(parameter => !parameter.requires_grad);
        if (!isFrozen)
            _features.Clear();
        return isFrozen;
    }

    /// <summary><c>[image tokens, hidden]</c> of pictures in their order.</summary>
    /// <param name="images">The pictures, at least one.</param>
    /// <param name="encode">Gives <c>[image tokens, hidden]</c> of one.</param>
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

        // Concatenated before the new ones are kept, which may evict others.
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

    /// <summary>A picture's content; a digest, for patches take several times the memory of features.</summary>
    private sealed record ImageKey(ImageGrid Grid, double SecondsPerFrame, string Digest)
    {
        public static ImageKey Of(EncodedImage image) => new(
            image.Grid, image.SecondsPerFrame,
            Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(image.Patches.Span))));
    }
}
