using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>An image embedded in a line of a file; the line is read again each time the image is opened.</summary>
internal sealed class JsonLineImage : IImageSource
{
    private readonly string _filePath;
    private readonly string _column;
    private readonly int _place;
    private readonly long _offset;
    private readonly int _length;

    public JsonLineImage(string filePath, JsonLine line, string column, int place)
    {
        _filePath = filePath;
        _column = column;
        _place = place;
        _offset = line.Offset;
        _length = line.Bytes.Length;
        Name = $"{filePath}#{line.Row}/{column}/{place}";
    }

    public string Name { get; }

    /// <summary>Whether a text is an image's data URI, rather than a sentence that begins with "data:".</summary>
    public static bool IsDataUri(string text)
    {
        if (!text.StartsWith("data:", StringComparison.Ordinal))
        {
            return false;
        }

        int end = text.IndexOfAny([';', ',', ' ', '\t', '\n']);
        return text.StartsWith("data:image/", StringComparison.Ordinal)
            || (end > 0 && text[end] == ';' && Payload(text) is not null && text.IndexOf('/', 0, end) > 0);
    }

    /// <summary>The base64 text of a data URI, or null if it has none.</summary>
    public static string? Payload(string dataUri)
    {
        const string mark = ";base64,";
        int at = dataUri.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? null : dataUri[(at + mark.Length)..];
    }

    public Stream OpenRead()
    {
        byte[] line = new byte[_length];
        using (FileStream stream = File.OpenRead(_filePath))
        {
            stream.Position = _offset;
            stream.ReadExactly(line);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return new MemoryStream(Convert.FromBase64String(Base64Text(document.RootElement)), writable: false);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or ArgumentException or IndexOutOfRangeException)
        {
            throw new IOException(
                $"The image '{Name}' is not where it was when the data set was loaded: has the file changed since?",
                exception);
        }
    }

    private string Base64Text(JsonElement item)
    {
        JsonElement value = item.GetProperty(_column);
        value = value.ValueKind == JsonValueKind.Array ? value[_place] : value;
        return value.ValueKind == JsonValueKind.Object
            ? value.GetProperty("bytes").GetString()!
            : Payload(value.GetString()!)!;
    }
}
