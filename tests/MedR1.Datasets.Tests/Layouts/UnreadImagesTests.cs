using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

/// <summary>A column of images under a name of its own does not pass for text.</summary>
public sealed class UnreadImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"scans/p1.PNG\"", "scans/p1.PNG")]
    [InlineData("[\"p1.dcm\", null]", "p1.dcm")]
    [InlineData("{\"bytes\":\"AAAA\",\"path\":\"x\"}", "a.jsonl")]
    public async Task An_unread_column_of_images_is_refused_by_name(string cell, string named)
    {
        string file = Write($"{{\"question\":\"?\",\"answer\":\"a\",\"scan\":null}}", Row("scan", cell), Row("scan", "\"\""), Row("scan", cell));

        string message = Assert.Throws<DatasetException>(() => JsonLines.Load(file)).Message;
        Assert.Contains("no image column, but 'scan' contains images such as '", message);
        Assert.Contains(named, message);
        Assert.Contains("Set Columns.Images to \"scan\"", message);
        await Assert.ThrowsAsync<DatasetException>(async () => await JsonLines.ReadAsync(file).CountAsync());
        Assert.Throws<DatasetException>(
            () => JsonLines.Load(file, new JsonLinesOptions { Table = new TableOptions { ImageRoot = _folder.Path } }));
    }

    [Fact]
    public void If_named_it_is_read_and_an_empty_name_keeps_it_as_text()
    {
        string file = Write(Row("scan", "\"p1.png\""), Row("image", "\"p1.png\""));
        Assert.Empty(JsonLines.Load(file, Columns(ExampleColumns.None))[1].Images);

        file = Write(Row("scan", "\"p1.png\""));
        Assert.Single(JsonLines.Load(file, Columns("scan"))[0].Images);
        VqaExample blind = JsonLines.Load(file, Columns(ExampleColumns.None))[0];
        Assert.Equal((0, "p1.png"), (blind.Images.Count, blind.Metadata["scan"]));
    }

    [Fact]
    public void Text_that_sometimes_names_images_and_read_columns_stay_text()
    {
        // A source that is an image in one row; ids and answers that are file names; a second column next to that of the images.
        Assert.Equal(2, JsonLines.Load(Write(Row("source", "\"p1.png\""), Row("source", "\"page 4\""))).Count);
        Assert.Equal(2, JsonLines.Load(Write(Row("source", "\"page 4\""), Row("source", "\"p1.png\""))).Count);
        Assert.Equal("p1.png", JsonLines.Load(Write("""{"id":"p1.png","question":"?","answer":"p2.png"}"""))[0].Id);
        Assert.Single(JsonLines.Load(Write("""{"question":"?","answer":"a","image":"p1.png","thumb":"p2.png"}""")));
    }

    [Fact]
    public void A_table_whose_images_are_all_missing_still_has_an_image_column()
    {
        string file = Write("""{"question":"?","answer":"a","origin":"p1.png"}""", Row("image", "\"missing.png\""));
        TableOptions options = new() { ImageRoot = _folder.Path, MissingImages = MissingImageHandling.Skip };
        TableDataset table = JsonLines.Load(file, new JsonLinesOptions { Table = options });
        Assert.Single(table);
    }

    private string Write(params string[] lines)
    {
        _folder.Write("p1.png", "");
        return _folder.Write("a.jsonl", string.Join('\n', lines));
    }

    private static string Row(string column, string cell) => $$"""{"question":"?","answer":"a","{{column}}":{{cell}}}""";

    private static JsonLinesOptions Columns(string images) =>
        new() { Table = new TableOptions { Columns = new ExampleColumns { Images = images } } };
}
