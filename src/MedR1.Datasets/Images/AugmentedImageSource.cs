namespace MedR1.Datasets;

/// <summary>A slightly changed image, made when it is read. Two are equal if their originals, seeds and options are.</summary>
internal sealed class AugmentedImageSource(
    IImageSource original, long seed, ImageAugmentationOptions options, Func<IImageSource, RgbImage> decode)
    : IImageSource, IEquatable<AugmentedImageSource>
{
    private readonly IImageSource _original = original;
    private readonly long _seed = seed;
    private readonly ImageAugmentationOptions _options = options;

    /// <summary>Contains the original's name.</summary>
    public string Name => $"augmented:{_original.Name}";

    public Stream OpenRead()
    {
        ImageAugmentation augmentation = ImageAugmentation.Draw(new DeterministicRandom(_seed), _options);
        return new PixelImageSource(Name, augmentation.Apply(decode(_original))).OpenRead();
    }

    public bool Equals(AugmentedImageSource? other) =>
        other is not null && other._seed == _seed && other._options == _options && other._original.Equals(_original);

    public override bool Equals(object? obj) => Equals(obj as AugmentedImageSource);

    public override int GetHashCode() => HashCode.Combine(_original, _seed);
}
