using System.Text.Json;

namespace MedR1.Datasets.Parquet.Tests;

/// <summary>Conversations as DuckDB and arrow-rs write them (tests/Golden/parquet-conversations).</summary>
public sealed class GoldenConversationTests
{
    [Theory]
    [InlineData("arrow-rs.parquet")]
    [InlineData("duckdb.parquet")]
    public void Conversations_of_other_writers_are_read(string file)
    {
        string folder = GoldenParquet.Conversations();
        string[] expected = [.. File.ReadLines(Path.Combine(folder, "rows.jsonl")).Select(Expected)];

        ConversationDataset actual = ParquetDataset.LoadConversations(Path.Combine(folder, file));

        Assert.Equal(40, expected.Length);
        Assert.Equal(expected, actual.Select(Actual));
    }

    private static string Expected(string line)
    {
        using JsonDocument row = JsonDocument.Parse(line);
        Queue<string?> images =
            new(row.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("bytes").GetString()));
        IEnumerable<string> messages = row.RootElement.GetProperty("messages").EnumerateArray().Select(message =>
            $"{message.GetProperty("role")}: " + string.Join(", ", message.GetProperty("content").EnumerateArray().Select(part =>
                part.GetProperty("type").GetString() == "image" ? $"({images.Dequeue()})" : part.GetProperty("text").GetString())));
        return $"{string.Join(" | ", messages)} level {row.RootElement.GetProperty("level")}";
    }

    private static string Actual(Conversation conversation)
    {
        IEnumerable<string> messages = conversation.Messages.Select(message => $"{message.Role}: "
            + string.Join(", ", message.Content.Select(part => part is ImagePart image ? $"({Bytes(image.Image)})" : ((TextPart)part).Text)));
        return $"{string.Join(" | ", messages)} level {conversation.Metadata.GetValueOrDefault("level", "")}";
    }

    private static string Bytes(IImageSource image)
    {
        using Stream stream = image.OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes.ToArray());
    }
}
