using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

using Microsoft.Win32.SafeHandles;

namespace MedR1.Modeling;

/// <summary>
/// The header of a safetensors file, checked against every rule of the format: length, JSON without duplicate names, known
/// types, byte lengths that match shape and type, and byte ranges that cover the rest of the file without overlaps or holes.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that the reference implementation reads.</summary>
    public const int MaximumLength = 100_000_000;

    /// <summary>The size in bytes of the header's length field, which precedes the header.</summary>
    public const int PrefixLength = 8;

    private const string MetadataName = "__metadata__";

    private readonly string _file;
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private bool _hasMetadata;

    private SafetensorsHeader(string file) => _file = file;

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The free-text metadata of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks the header.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="path">The path of the file, for messages.</param>
    /// <exception cref="SafetensorsFormatException">A rule of the format is violated.</exception>
    public static SafetensorsHeader Read(SafeFileHandle file, string path)
    {
        SafetensorsHeader header = new(path);
        long fileLength = RandomAccess.GetLength(file);
        if (fileLength < PrefixLength)
        {
            throw header.Broken($"the file has {fileLength} bytes, but the header length alone takes 8");
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        header.ReadFully(file, prefix, 0);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaximumLength)
        {
            // A clone without Git LFS contains a pointer file of 130 bytes instead of the weights: "version https://git-lfs…".
            if (prefix.SequenceEqual("version "u8))
            {
                throw header.Broken(
                    "it is a Git LFS pointer in place of the weights: run 'git lfs pull' in the clone");
            }

            throw header.Broken(
                $"the header length is {length} bytes, more than the format's limit of {MaximumLength}");
        }

        if ((long)length > fileLength - PrefixLength)
        {
            throw header.Broken(
                $"the header length is {length} bytes, but {fileLength - PrefixLength} follow it");
        }

        byte[] json = new byte[(int)length];
        header.ReadFully(file, json, PrefixLength);
        header.Parse(json, fileLength - PrefixLength - (long)length);
        return header;
    }

    private void ReadFully(SafeFileHandle file, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            int count = RandomAccess.Read(file, target, offset);
            if (count == 0)
            {
                throw Broken($"the file ended at byte {offset} while its header was being read");
            }

            target = target[count..];
            offset += count;
        }
    }

    private void Parse(byte[] json, long dataLength)
    {
        if (json.Length == 0 || json[0] != (byte)'{')
        {
            throw Broken("the header does not begin with '{'");
        }

        if (!Utf8.IsValid(json))
        {
            throw Broken("the header is not valid UTF-8");
        }

        try
        {
            ParseObject(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Broken($"the header is not valid JSON ({exception.Message.TrimEnd('.')})", exception);
        }

        SafetensorsRules.CheckRanges(_file, _entries.Values, dataLength);
        long dataStart = PrefixLength + json.Length;
        foreach (SafetensorsEntry entry in _entries.Values.ToArray())
        {
            _entries[entry.Name] = entry with { Offset = entry.Offset + dataStart };
        }
    }

    private void ParseObject(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataName)
            {
                ParseMetadata(ref reader);
            }
            else if (!_entries.TryAdd(name, ParseEntry(ref reader, name)))
            {
                throw Broken("the name occurs twice in the header", tensor: name);
            }
        }

        // Reads to the end, so that anything except white space after the object is an error.
        reader.Read();
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (_hasMetadata)
        {
            throw Broken($"{MetadataName} occurs twice in the header");
        }

        _hasMetadata = true;
        Require(ref reader, JsonTokenType.StartObject, MetadataName, null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            Require(ref reader, JsonTokenType.String, $"'{key}' of {MetadataName}", null);
            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Broken($"'{key}' occurs twice in {MetadataName}");
            }
        }
    }

    private SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        Require(ref reader, JsonTokenType.StartObject, "its description", name);
        string? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype":
                    Once(type, key, name);
                    Require(ref reader, JsonTokenType.String, key, name);
                    type = reader.GetString();
                    break;
                case "shape":
                    Once(shape, key, name);
                    shape = ParseIntegers(ref reader, key, name);
                    break;
                case "data_offsets":
                    Once(offsets, key, name);
                    offsets = ParseIntegers(ref reader, key, name);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Broken($"its description has no {missing}", tensor: name);
        }

        return SafetensorsRules.Entry(_file, name, type, shape, offsets);
    }

    private long[] ParseIntegers(ref Utf8JsonReader reader, string key, string name)
    {
        Require(ref reader, JsonTokenType.StartArray, key, name);
        List<long> values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                string text = Encoding.UTF8.GetString(reader.ValueSpan);
                throw Broken($"'{text}' in {key} is not an integer from 0 to {long.MaxValue}", tensor: name);
            }

            values.Add(value);
        }

        return [.. values];
    }

    private void Once(object? value, string key, string name)
    {
        if (value is not null)
        {
            throw Broken($"{key} occurs twice in its description", tensor: name);
        }
    }

    private void Require(ref Utf8JsonReader reader, JsonTokenType expected, string what, string? name)
    {
        if (reader.TokenType != expected)
        {
            throw Broken($"{what} is a JSON {reader.TokenType}, not a {expected}", tensor: name);
        }
    }

    private SafetensorsFormatException Broken(string problem, Exception? inner = null, string? tensor = null) =>
        new(_file, tensor, problem, innerException: inner);
}
