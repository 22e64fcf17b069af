using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class TableDatasetTests
{
    [Fact]
    public void There_are_no_more_options_than_letters()
    {
        Assert.Equal(26, Load(("options", Texts(26))).Options.Count);
        Assert.Contains(
            "27 options, but there are letters for only 26",
            Assert.Throws<DatasetException>(() => Load(("options", Texts(27)))).Message);

        static object?[] Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $"option {i}")];
    }

    [Fact]
    public void A_column_that_is_asked_for_must_exist()
    {
        DatasetException exception = Assert.Throws<DatasetException>(
            () => Load(new ExampleColumns { Modality = "scan" }, ("modality", "CT")));

        Assert.Equal("scan", exception.Field);
    }

    [Fact]
    public void Flags_are_words() => Assert.Equal(
        [("no", "false"), ("yes", "true")],
        Load(("yes", true), ("no", false)).Metadata.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));

    [Fact]
    public async Task Images_are_below_the_root_that_is_given()
    {
        using TemporaryFolder folder = new();
        string picture = folder.Write("pictures/a.png", "");
        TableOptions options = new() { ImageRoot = Path.GetDirectoryName(picture) };

        FileImageSource image = Assert.IsType<FileImageSource>(Assert.Single(Load(options, ("image", "a.png")).Images));

        Assert.Equal(picture, image.Path);
        Assert.Throws<DatasetException>(() => Load(options, ("image", "b.png")));
        await Assert.ThrowsAsync<DatasetException>(
            async () => await TableDataset.ReadAsync(Streamed(Row(("image", "b.png"))), options).GetAsyncEnumerator().MoveNextAsync());

        static async IAsyncEnumerable<TableRow> Streamed(TableRow row)
        {
            await Task.CompletedTask;
            yield return row;
        }
    }

    private static VqaExample Load(params (string Column, object? Cell)[] cells) => Load(new TableOptions(), cells);

    private static VqaExample Load(ExampleColumns columns, params (string Column, object? Cell)[] cells) =>
        Load(new TableOptions { Columns = columns }, cells);

    private static VqaExample Load(TableOptions options, params (string Column, object? Cell)[] cells) =>
        Assert.Single(TableDataset.Load("rows", [Row(cells)], options));

    private static TableRow Row(params (string Column, object? Cell)[] cells) =>
        new("rows.csv", 0, cells.Append(("question", "q")).Append(("answer", "A")).ToDictionary());
}
