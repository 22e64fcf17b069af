using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <content>The vision tower: computing, caching and sharing its features.</content>
public sealed partial class Qwen2VLPolicy
{
    /// <inheritdoc/>
    public Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _runner.Images.Encode(prompts);
    }

    /// <inheritdoc/>
    public bool SharesVisionWith(IVisionLanguagePolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return other is Qwen2VLPolicy own && own.Configuration.Family == Configuration.Family
            && HasEqualVision(own.Configuration.Vision) && own.Device == Device && own.DataType == DataType
            && own.HoldsVisionInBytes == HoldsVisionInBytes
            && IsVisionFrozen
            && VisionParameters.Zip(own.VisionParameters).All(pair => AreEqual(pair.First.Value, pair.Second.Value));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is below 1.</exception>
    /// <remarks>
    /// While caching, each image is computed separately, so that its features do not depend on which images are cached. While the
    /// tower is trainable or adapted, its features are not cached.
    /// </remarks>
    public IDisposable? CacheImageFeatures(long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_runner.Images.Cache is { IsDisposed: false } || !IsVisionFrozen)
            return null;
        return _runner.Images.Cache = new([.. VisionParameters.Select(pair => pair.Value)], maxBytes);
    }

    private bool HoldsVisionInBytes => Quantization == WeightQuantization.DecoderAndVision;

    private bool IsVisionFrozen => VisionParameters.All(pair => !pair.Value.requires_grad);

    private IEnumerable<KeyValuePair<string, Parameter>> VisionParameters =>
        Parameters.Where(pair => PartOf(pair.Key) != ModelPart.Language);

    // Record equality compares the list of blocks by reference, so it is compared separately.
    private bool HasEqualVision(Qwen2VLVisionConfiguration other)
    {
        Qwen2VLVisionConfiguration own = Configuration.Vision;
        return own.FullAttentionBlocks.SequenceEqual(other.FullAttentionBlocks)
            && own with { FullAttentionBlocks = other.FullAttentionBlocks } == other;
    }

    private static bool AreEqual(Parameter left, Parameter right)
    {
        using DisposeScope scope = NewDisposeScope();
        return ReferenceEquals(left, right) || !left.not_equal(right).any().item<bool>();
    }
}
