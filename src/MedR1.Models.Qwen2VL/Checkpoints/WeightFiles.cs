using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Weights in safetensors files, read and written plainly.</summary>
internal static class WeightFiles
{
    public const string Single = "model.safetensors";

    public sealed record Entry(string File, string Name, ScalarType DataType, long[] Shape, long Start, long Length);

    public static IReadOnlyList<Entry> List(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.safetensors");
        if (files.Length == 0)
            throw new FileNotFoundException($"'{folder}' holds no safetensors file; give the folder of a checkpoint.");
        var entries = new List<Entry>();
        foreach (string path in files.Order(StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(path);
            byte[] size = new byte[8];
            stream.ReadExactly(size);
            long length = BinaryPrimitives.ReadInt64LittleEndian(size);
            byte[] header = new byte[length];
            stream.ReadExactly(header);
            using JsonDocument document = JsonDocument.Parse(header);
            foreach (JsonProperty property in document.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
            {
                JsonElement offsets = property.Value.GetProperty("data_offsets");
                long first = offsets[0].GetInt64();
                long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(value => value.GetInt64())];
                entries.Add(new Entry(
                    path, property.Name, TypeOf(property.Value.GetProperty("dtype").GetString()!), shape, 8 + length + first,
                    offsets[1].GetInt64() - first));
            }
        }

        return entries;
    }

    public static void Read(Entry entry, Tensor target)
    {
        using IDisposable noGradient = no_grad();
        using Tensor read = empty(entry.Shape, dtype: entry.DataType);
        using FileStream stream = File.OpenRead(entry.File);
        stream.Position = entry.Start;
        stream.ReadExactly(read.bytes);
        target.copy_(read);
    }

    public static void Write(string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, CancellationToken cancellationToken)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long start = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                long end = start + tensor.numel() * tensor.dtype.ElementSize();
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.dtype == ScalarType.BFloat16 ? "BF16" : "F32");
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(start);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                start = end;
            }

            json.WriteEndObject();
        }

        while (header.Length % 8 != 0)
        {
            header.WriteByte((byte)' ');
        }

        using FileStream stream = File.Create(path);
        byte[] size8 = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size8, header.Length);
        stream.Write(size8);
        stream.Write(header.ToArray());
        foreach ((_, Tensor tensor) in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Tensor host = tensor.detach().cpu().contiguous();
            stream.Write(host.bytes);
        }
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "BF16" => ScalarType.BFloat16,
        "F16" => ScalarType.Float16,
        "F32" => ScalarType.Float32,
        "F64" => ScalarType.Float64,
        _ => throw new InvalidDataException($"Weights of type {name} can't be read; convert them to BF16, F16 or F32."),
    };
}
