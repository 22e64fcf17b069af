namespace MedR1.Datasets;

/// <summary>A plain grey picture of the same size as another one, whose size is read when the picture is.</summary>
internal sealed class BlankImageSource(IImageSource original, byte grey) : IImageSource
{
    /// <summary>The original's name stands in it, so that questions about one picture still share a name.</summary>
    public string Name => $"blank:{original.Name}";

    public Stream OpenRead()
    {
        (int width, int height) = ImageSize.Of(original);
        byte[] pixels = new byte[checked(width * height * 3)];
        Array.Fill(pixels, grey);
        return new PixelImageSource(Name, new RgbImage(width, height, pixels)).OpenRead();
    }
}
