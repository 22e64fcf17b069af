using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Names and sizes of the element types, and their equivalents in TorchSharp.</summary>
internal static class SafetensorsTypes
{
    private static readonly Dictionary<SafetensorsType, (string Name, int Size, ScalarType? Torch)> Facts = new()
    {
        [SafetensorsType.Bool] = ("BOOL", 1, ScalarType.Bool),
        [SafetensorsType.UInt8] = ("U8", 1, ScalarType.Byte),
        [SafetensorsType.Int8] = ("I8", 1, ScalarType.Int8),
        [SafetensorsType.Float8E5M2] = ("F8_E5M2", 1, null),
        [SafetensorsType.Float8E4M3] = ("F8_E4M3", 1, null),
        [SafetensorsType.Int16] = ("I16", 2, ScalarType.Int16),
        [SafetensorsType.UInt16] = ("U16", 2, null),
        [SafetensorsType.Float16] = ("F16", 2, ScalarType.Float16),
        [SafetensorsType.BFloat16] = ("BF16", 2, ScalarType.BFloat16),
        [SafetensorsType.Int32] = ("I32", 4, ScalarType.Int32),
        [SafetensorsType.UInt32] = ("U32", 4, null),
        [SafetensorsType.Float32] = ("F32", 4, ScalarType.Float32),
        [SafetensorsType.Float64] = ("F64", 8, ScalarType.Float64),
        [SafetensorsType.Int64] = ("I64", 8, ScalarType.Int64),
        [SafetensorsType.UInt64] = ("U64", 8, null),
    };

    private static readonly Dictionary<string, SafetensorsType> ByName =
        Facts.ToDictionary(fact => fact.Value.Name, fact => fact.Key);

    private static readonly Dictionary<ScalarType, SafetensorsType> ByTorchType =
        Facts.Where(fact => fact.Value.Torch is not null)
            .ToDictionary(fact => fact.Value.Torch!.Value, fact => fact.Key);

    /// <summary>The names of all types, for messages.</summary>
    public static string KnownNames { get; } = string.Join(", ", ByName.Keys);

    /// <summary>The name of the type in a file.</summary>
    public static string FileName(this SafetensorsType type) => Facts[type].Name;

    /// <summary>The size of an element in bytes.</summary>
    public static int ElementSize(this SafetensorsType type) => Facts[type].Size;

    /// <summary>The equivalent tensor type, or <see langword="null"/> if TorchSharp has none.</summary>
    public static ScalarType? ToTorch(this SafetensorsType type) => Facts[type].Torch;

    /// <summary>Finds a type by its name in a file.</summary>
    public static bool TryParse(string name, out SafetensorsType type) => ByName.TryGetValue(name, out type);

    /// <summary>Returns the equivalent of a tensor type.</summary>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static SafetensorsType FromTorch(ScalarType type) => ByTorchType.TryGetValue(type, out SafetensorsType found)
        ? found
        : throw new NotSupportedException($"The safetensors format has no type for {type}; convert the tensor first.");
}
