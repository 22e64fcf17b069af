namespace MedR1;

/// <summary>An encoded image in memory.</summary>
/// <param name="name">A name for messages.</param>
/// <param name="encoded">The bytes of an image file; they are not copied and must not change.</param>
public sealed class BytesImageSource(string name, byte[] encoded) : IImageSource
{
    private readonly byte[] _encoded = encoded ?? throw new ArgumentNullException(nameof(encoded));

    /// <inheritdoc/>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public Stream OpenRead() => new MemoryStream(_encoded, writable: false);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
