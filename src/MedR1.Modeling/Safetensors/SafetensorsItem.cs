using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A tensor to write: what the header needs now, and the values when it is their turn.</summary>
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

    /// <summary>Data type in the file; values of a different type are converted as they are written.</summary>
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

    /// <summary>An existing tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">The values, on any device; the caller keeps ownership.</param>
    /// <param name="type">Data type in the file; <see langword="null"/> for that of the tensor.</param>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsItem Of(string name, Tensor tensor, ScalarType? type = null) =>
        new(name, type ?? tensor.dtype, tensor.shape, () => tensor, owned: false);

    /// <summary>A tensor that is created when it is its turn, so that not all must exist at once.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="type">Data type in the file.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="produce">Creates a tensor of that shape, which the writer disposes.</param>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsItem From(string name, ScalarType type, IReadOnlyList<long> shape, Func<Tensor> produce) =>
        new(name, type, shape, produce, owned: true);
}
