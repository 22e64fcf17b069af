using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A tensor to write: what the header must know now, and the values when their turn comes.</summary>
public sealed record SafetensorsItem
{
    private SafetensorsItem(string name, ScalarType type, IReadOnlyList<long> shape, Func<Tensor> produce, bool owned)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Produce = produce;
        Owned = owned;
        FileType = SafetensorsTypes.FromTorch(type);
        ByteLength = shape.Aggregate((long)FileType.ElementSize(), (product, size) => checked(product * size));
    }

    /// <summary>Name in the file.</summary>
    public string Name { get; }

    /// <summary>Type in the file; values of another type are converted while they are written.</summary>
    public ScalarType Type { get; }

    /// <summary>The shape.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many bytes it has in the file.</summary>
    public long ByteLength { get; }

    /// <summary>Gives the values.</summary>
    internal Func<Tensor> Produce { get; }

    /// <summary>Whether the writer disposes what <see cref="Produce"/> gives.</summary>
    internal bool Owned { get; }

    /// <summary>The type by its name in the format.</summary>
    internal SafetensorsType FileType { get; }

    /// <summary>A tensor that exists.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">The values, on any device; the caller keeps it.</param>
    /// <param name="type">Type in the file; <see langword="null"/> for that of the tensor.</param>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsItem Of(string name, Tensor tensor, ScalarType? type = null) =>
        new(name, type ?? tensor.dtype, tensor.shape, () => tensor, owned: false);

    /// <summary>A tensor that is made when its turn comes, so that not all must exist at once.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="type">Type in the file.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="produce">Gives a tensor of that shape, which the writer disposes.</param>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsItem From(string name, ScalarType type, IReadOnlyList<long> shape, Func<Tensor> produce) =>
        new(name, type, shape, produce, owned: true);
}
