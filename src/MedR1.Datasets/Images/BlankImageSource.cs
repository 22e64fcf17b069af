namespace MedR1.Datasets;

/// <summary>
/// A plain grey image of an original's size, which is read from its header when this image is opened. Two are equal if their
/// originals and grey levels are.
/// </summary>
internal sealed class BlankImageSource(IImageSource original, byte grey) : IImageSource, IEquatable<BlankImageSource>
{
    private readonly IImageSource _original = original;
    private readonly byte _grey = grey;

    /// <summary>Contains the original's name, so that questions about one image still share a name.</summary>
    public string Name => $"blank:{_original.Name}";

    public Stream OpenRead()
    {
        (int width, int height) = ImageHeaderSize.Of(_original);
        byte[] pixels = new byte[checked(width * height * 3)];
        Array.Fill(pixels, _grey);
        return new PixelImageSource(Name, new RgbImage(width, height, pixels)).OpenRead();
    }

    public bool Equals(BlankImageSource? other) =>
        other is not null && other._grey == _grey && other._original.Equals(_original);

    public override bool Equals(object? obj) => Equals(obj as BlankImageSource);

    public override int GetHashCode() => HashCode.Combine(_original, _grey);
}
