using System.Buffers.Binary;
using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>Reads <c>tensors.safetensors</c> of a case, deliberately without the library's reader, to check that too.</summary>
public sealed class GoldenTensors
{
    private readonly byte[] _file;
    private readonly long _start;
    private readonly JsonElement _header;

    /// <summary>Opens a file.</summary>
    public GoldenTensors(string path)
    {
        _file = File.ReadAllBytes(path);
        long length = BinaryPrimitives.ReadInt64LittleEndian(_file);
        _start = 8 + length;
        _header = JsonDocument.Parse(_file.AsMemory(8, (int)length)).RootElement;
    }

    /// <summary>Reads a tensor.</summary>
    public GoldenTensor this[string name]
    {
        get
        {
            JsonElement entry = _header.GetProperty(name);
            string type = entry.GetProperty("dtype").GetString()!;
            long[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(value => value.GetInt64())];
            int from = (int)(_start + entry.GetProperty("data_offsets")[0].GetInt64());
            int to = (int)(_start + entry.GetProperty("data_offsets")[1].GetInt64());
            return new GoldenTensor(shape, type, Decode(_file.AsSpan(from..to), type));
        }
    }

    private static double[] Decode(ReadOnlySpan<byte> bytes, string type)
    {
        int size = type switch
        {
            "F64" or "I64" => 8,
            "F32" or "I32" => 4,
            "F16" or "BF16" or "I16" => 2,
            "U8" or "I8" or "BOOL" => 1,
            _ => throw new NotSupportedException($"The conformance runner doesn't read tensors of type {type}."),
        };
        double[] values = new double[bytes.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.Slice(i * size, size);
            values[i] = type switch
            {
                "F64" => BinaryPrimitives.ReadDoubleLittleEndian(at),
                "I64" => BinaryPrimitives.ReadInt64LittleEndian(at),
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(at),
                "I32" => BinaryPrimitives.ReadInt32LittleEndian(at),
                "F16" => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
                "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(at) << 16),
                "I16" => BinaryPrimitives.ReadInt16LittleEndian(at),
                "I8" => (sbyte)at[0],
                _ => at[0],
            };
        }

        return values;
    }
}
