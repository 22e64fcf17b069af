using System.Text.Json;

using TorchSharp;

namespace MedR1.Conformance;

/// <summary>One case: <c>cases/&lt;kind&gt;/&lt;name&gt;/case.json</c> with the files next to it.</summary>
public sealed class ConformanceCase
{
    private readonly Lazy<GoldenTensors> _tensors;
    private readonly JsonElement _root;
    private readonly string _deviceName;

    /// <summary>Opens a case.</summary>
    /// <param name="root">The folder that contains <c>cases/</c> and <c>models/</c>.</param>
    /// <param name="folder">The folder of the case.</param>
    /// <param name="deviceName">The device for tensors.</param>
    public ConformanceCase(string root, string folder, string deviceName = "cpu")
    {
        _deviceName = deviceName;
        RootFolder = root;
        Folder = folder;
        _root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json"))).RootElement;
        _tensors = new Lazy<GoldenTensors>(() => new GoldenTensors(Path.Combine(folder, "tensors.safetensors")));
    }

    /// <summary>The folder that contains <c>cases/</c>, <c>models/</c> and vocabularies.</summary>
    public string RootFolder { get; }

    /// <summary>The folder of the case.</summary>
    public string Folder { get; }

    /// <summary>The device for tensors. Only kinds with tensors use it; the others need no native library.</summary>
    public torch.Device Device => torch.device(_deviceName);

    /// <summary>The kind.</summary>
    public string Kind => _root.GetProperty("kind").GetString()!;

    /// <summary>The name.</summary>
    public string Name => _root.GetProperty("name").GetString()!;

    /// <summary>The inputs.</summary>
    public JsonElement Inputs => _root.GetProperty("inputs");

    /// <summary>The expected outputs.</summary>
    public JsonElement Expected => _root.GetProperty("expected");

    /// <summary>The tolerance, a single one or a table by field.</summary>
    public JsonElement? ToleranceElement => _root.TryGetProperty("tolerance", out JsonElement tolerance) ? tolerance : null;

    /// <summary>The folder of the checkpoint.</summary>
    public string ModelFolder => ModelFolderOf(_root.GetProperty("model").GetString()!);

    /// <summary>The whole document, for unusual fields.</summary>
    public JsonElement Document => _root;

    /// <summary>Returns the folder of a named checkpoint.</summary>
    public string ModelFolderOf(string name) => Path.Combine(RootFolder, "models", name);

    /// <summary>Returns the full path of a file next to the case: a name, or <c>{"file": name}</c>.</summary>
    public string FilePath(JsonElement value) => Path.Combine(
        Folder, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetProperty("file").GetString()!);

    /// <summary>Whether a value is a reference to a tensor.</summary>
    public static bool IsTensor(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("tensor", out _);

    /// <summary>Reads a tensor: <c>{"tensor": key}</c>, or nested lists of numbers and booleans (null becomes NaN).</summary>
    public GoldenTensor Tensor(JsonElement value)
    {
        if (IsTensor(value))
        {
            return _tensors.Value[value.GetProperty("tensor").GetString()!];
        }

        List<long> shape = [];
        for (JsonElement level = value; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
            if (level.GetArrayLength() == 0)
            {
                break;
            }
        }

        List<double> values = [];
        Flatten(value, values);
        return new GoldenTensor([.. shape], "F64", [.. values]);
    }

    /// <summary>Reads a tensor; null if the value is JSON's null or the field is missing.</summary>
    public GoldenTensor? OptionalTensor(JsonElement parent, string field) =>
        parent.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? Tensor(value) : null;

    private static void Flatten(JsonElement value, List<double> values)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Flatten(item, values);
                }

                break;
            case JsonValueKind.True or JsonValueKind.False:
                values.Add(value.GetBoolean() ? 1 : 0);
                break;
            case JsonValueKind.Null:
                values.Add(double.NaN);
                break;
            case JsonValueKind.String:
                values.Add(value.GetString() switch
                {
                    "Infinity" or "inf" => double.PositiveInfinity,
                    "-Infinity" or "-inf" => double.NegativeInfinity,
                    "NaN" or "nan" => double.NaN,
                    string other => throw new InvalidDataException($"'{other}' is no number."),
                    null => double.NaN,
                });
                break;
            default:
                values.Add(value.GetDouble());
                break;
        }
    }
}
