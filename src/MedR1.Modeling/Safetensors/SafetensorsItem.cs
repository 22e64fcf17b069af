using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A tensor to write: its header entry, and a way to obtain its values when they are written.</summary>
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

    /// <summary>The number of bytes in the file.</summary>
    public long ByteLength { get; }

    /// <summary>Returns the values.</summary>
    internal Func<Tensor> Produce { get; }

    /// <summary>Whether the writer disposes the result of <see cref="Produce"/>.</summary>
    internal bool Owned { get; }

    /// <summary>The element type in the file.</summary>
    internal SafetensorsType FileType { get; }

    /// <summary>Creates an item from an existing tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">The values, on any device; the caller keeps ownership.</param>
    /// <param name="type">Data type in the file; <see langword="null"/> for that of the tensor.</param>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsItem Of(string name, Tensor tensor, ScalarType? type = null) =>
        new(name, type ?? tensor.dtype, tensor.shape, () => tensor, owned: false);

    /// <summary>Creates an item whose tensor is created only when it is written, so that not all tensors exist at once.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="type">Data type in the file.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="produce">Creates a tensor of that shape, which the writer disposes.</param>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsItem From(string name, ScalarType type, IReadOnlyList<long> shape, Func<Tensor> produce) =>
        new(name, type, shape, produce, owned: true);
}
