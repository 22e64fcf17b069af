namespace MedR1.Datasets;

/// <summary>
/// A plain gray image of an original's size, which is read from its header when this image is opened. Two are equal if their
/// originals and gray levels are.
/// </summary>
internal sealed class BlankImageSource(IImageSource original, byte gray) : IImageSource, IEquatable<BlankImageSource>
{
    private readonly IImageSource _original = original;
    private readonly byte _gray = gray;

    /// <summary>Contains the original's name, so that questions about one image still share a name.</summary>
    public string Name => $"blank:{_original.Name}";

    public Stream OpenRead()
    {
        (int width, int height) = ImageHeaderSize.Of(_original);
        byte[] pixels = new byte[checked(width * height * 3)];
        Array.Fill(pixels, _gray);
        return new PixelImageSource(Name, new RgbImage(width, height, pixels)).OpenRead();
    }

    public bool Equals(BlankImageSource? other) =>
        other is not null && other._gray == _gray && other._original.Equals(_original);

    public override bool Equals(object? obj) => Equals(obj as BlankImageSource);

    public override int GetHashCode() => HashCode.Combine(_original, _gray);
}
