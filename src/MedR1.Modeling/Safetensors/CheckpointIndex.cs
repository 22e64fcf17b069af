using System.Text.Json;
using System.Text.RegularExpressions;

namespace MedR1.Modeling;

/// <summary>The index of a sharded checkpoint, <c>model.safetensors.index.json</c>, which maps tensors to files.</summary>
internal static partial class CheckpointIndex
{
    /// <summary>The file name of the index.</summary>
    public const string FileName = "model.safetensors.index.json";

    /// <summary>The file name of a checkpoint that is not sharded.</summary>
    public const string SingleFile = "model.safetensors";

    private const int MaximumLength = SafetensorsHeader.MaximumLength;

    /// <summary>Whether a file name is that of a weight file or an index of any checkpoint.</summary>
    public static bool IsWeightFile(string name) => WeightFile().IsMatch(name);

    /// <summary>Reads the map from tensors to file names.</summary>
    /// <param name="path">Path of the index.</param>
    /// <exception cref="SafetensorsFormatException">
    /// The file is not an index, or it names something other than a file in its own folder.
    /// </exception>
    public static Dictionary<string, string> Read(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > MaximumLength)
        {
            throw new SafetensorsFormatException(path, null, $"it has {length} bytes, more than the limit of {MaximumLength}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return ReadMap(document.RootElement, path);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new SafetensorsFormatException(
                path, null, $"it is not valid JSON ({exception.Message.TrimEnd('.')})", innerException: exception);
        }
    }

    /// <summary>Writes an index in the format of transformers.</summary>
    /// <param name="files">The file name of each tensor.</param>
    /// <param name="totalBytes">The number of bytes of all tensors.</param>
    public static byte[] Write(IReadOnlyDictionary<string, string> files, long totalBytes)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new() { Indented = true, NewLine = "\n" };
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", totalBytes);
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach ((string tensor, string file) in files.OrderBy(pair => pair.Key, Utf8Order.Instance))
            {
                json.WriteString(tensor, file);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static Dictionary<string, string> ReadMap(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw new SafetensorsFormatException(path, null, "it has no object 'weight_map'");
        }

        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (JsonProperty property in map.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw new SafetensorsFormatException(
                    path, property.Name, $"'weight_map' gives {property.Value.GetRawText()}, not a file name");
            }

            string file = property.Value.GetString()!;
            if (file.Length == 0 || file is "." or ".." || file.AsSpan().ContainsAny('/', '\\', '\0'))
            {
                throw new SafetensorsFormatException(
                    path,
                    property.Name,
                    $"'weight_map' gives '{file}', which is not the name of a file in the same folder");
            }

            if (!files.TryAdd(property.Name, file))
            {
                throw new SafetensorsFormatException(path, property.Name, "it occurs twice in 'weight_map'");
            }
        }

        return files;
    }

    // Published shard numbers have five digits; more than 99,999 shards, or other writers, may use a different number.
    [GeneratedRegex(@"^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$")]
    private static partial Regex WeightFile();
}
