namespace MedR1.Datasets;

/// <summary>An image that a function makes of another when it is read. Two are equal if their originals and functions are.</summary>
internal sealed class ConvertedImageSource(IImageSource original, Func<IImageSource, RgbImage> convert)
    : IImageSource, IEquatable<ConvertedImageSource>
{
    private readonly IImageSource _original = original;
    private readonly Func<IImageSource, RgbImage> _convert = convert;

    /// <summary>Contains the original's name.</summary>
    public string Name => $"converted:{_original.Name}";

    public Stream OpenRead() => new PixelImageSource(Name, _convert(_original)).OpenRead();

    public bool Equals(ConvertedImageSource? other) =>
        other is not null && other._convert == _convert && other._original.Equals(_original);

    public override bool Equals(object? obj) => Equals(obj as ConvertedImageSource);

    public override int GetHashCode() => HashCode.Combine(_original, _convert);
}
