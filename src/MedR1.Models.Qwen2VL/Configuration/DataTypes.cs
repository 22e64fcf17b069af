using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>The data types of weights, and their names in <c>config.json</c>.</summary>
internal static class DataTypes
{
    private static readonly (string Name, ScalarType Type)[] s_all =
    [
        ("float32", ScalarType.Float32),
        ("bfloat16", ScalarType.BFloat16),
        ("float16", ScalarType.Float16),
        ("float64", ScalarType.Float64),
    ];

    /// <summary>The data types.</summary>
    public static IEnumerable<ScalarType> Values => s_all.Select(one => one.Type);

    /// <summary>The names, for messages.</summary>
    public static string Names => string.Join(", ", s_all.Select(one => $"\"{one.Name}\""));

    /// <summary>Returns the data type of a name; <see langword="null"/> if there is none.</summary>
    public static ScalarType? Of(string name) => Array.Find(s_all, one => one.Name == name) is { Name: not null } one ? one.Type : null;

    /// <summary>Returns the name of a data type.</summary>
    public static string NameOf(ScalarType type) => Array.Find(s_all, one => one.Type == type).Name;
}
