using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

/// <summary>Structures of JSON Lines; the Parquet and Arrow tests expect the same of the same values.</summary>
public sealed class StructureColumnTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_in_structures_are_columns_however_deep_they_are()
    {
        VqaExample example = Assert.Single(Load("""
            {"question":"?","answer":"x","reward_model":{"style":"rule","ground_truth":7},
            "extra":{"at":{"index":3,"ok":true,"none":null},"tools":["zoom"],"objects":[{"a":1}],"lists":[[1]],
            "image":{"bytes":"AAAA","path":"a.png"},"uri":"data:image/png;base64,AAAA"}}
            """.ReplaceLineEndings("")));
        Assert.Equal(
            ["extra.at.index: 3", "extra.at.ok: true", "reward_model.ground_truth: 7", "reward_model.style: rule"],
            example.Metadata.Select(pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal));
    }

    // {"bytes": …, "path": …} and a path alone are images; a path beside other values is one of them.
    [Fact]
    public void A_structure_with_a_path_among_its_values_is_no_image()
    {
        VqaExample example = Assert.Single(Load(
            """{"question":"?","gold":{"text":"A","path":null},"extra":{"path":"ct/1","split":"train"},"image":{"path":"a.png"}}""",
            new ExampleColumns { Answer = "gold.text" }));
        Assert.Equal("A", example.Answer);
        Assert.EndsWith("a.png", Assert.Single(example.Images).Name);
        Assert.Equal(("ct/1", "train"), (example.Metadata["extra.path"], example.Metadata["extra.split"]));
    }

    [Fact]
    public void Columns_in_structures_can_be_named_as_any_other()
    {
        VqaExample example = Assert.Single(Load(
            """
            {"id":{"of":{"row":"7"}},"ask":{"text":"Which?","of":{"A":"CT","B":"MRI","C":null}},"gold":{"letter":"B"},
            "files":{"one":"a.png"}}
            """.ReplaceLineEndings(""),
            new ExampleColumns
            {
                Id = "id.of.row", Question = "ask.text", Options = "ask.of", Answer = "gold.letter", Images = "files.one",
            }));
        Assert.Equal(("7", "Which? A)CT, B)MRI", "MRI"), (example.Id, example.Problem, example.Answer));
        Assert.EndsWith("a.png", Assert.Single(example.Images).Name);
        Assert.Equal(["gold.letter"], example.Metadata.Keys);
    }

    // As the same row of Parquet, where a structure that is null has only nulls.
    [Fact]
    public void A_column_in_a_structure_that_is_null_has_no_value()
    {
        string file = _folder.Write("a.jsonl", """
            {"question":"?","reward_model":{"target":{"text":"x"}}}
            {"question":"?","reward_model":null}
            {"question":"?","reward_model":{"target":null}}
            """);
        TableOptions options = new()
        {
            Columns = new ExampleColumns { Answer = "reward_model.target.text" },
            MissingTexts = MissingTextHandling.Skip,
        };
        TableDataset dataset = JsonLines.Load(file, new JsonLinesOptions { Table = options });
        Assert.Equal(("x", 2), (Assert.Single(dataset).Answer, dataset.MissingTexts));
    }

    [Theory]
    [InlineData("""{"style":"rule"}""", "missing. The row has the columns question, reward_model, reward_model.style")]
    [InlineData("\"rule\"", "missing. The row has the columns question, reward_model.")]
    [InlineData("""{"ground_truth":{"a":"x"}}""", "a list, an object or an image, but a single value was expected")]
    public void A_column_that_a_structure_lacks_is_missing(string structure, string fault)
    {
        string line = $$"""{"question":"?","reward_model":{{structure}}}""";
        ExampleColumns columns = new() { Answer = "reward_model.ground_truth" };
        Assert.Contains(fault, Assert.Throws<DatasetException>(() => Load(line, columns)).Message);
    }

    // The file itself calls a column so.
    [Fact]
    public void A_column_with_a_dot_in_its_name_comes_before_a_structure()
    {
        foreach (string line in (string[])
            [
                """{"question":"?","answer":"x","a.b":"mine","a":{"b":"other"}}""",
                """{"a":{"b":"other"},"question":"?","answer":"x","a.b":"mine"}""",
            ])
        {
            Assert.Equal("mine", Assert.Single(Load(line)).Metadata["a.b"]);
        }
    }

    [Fact]
    public void Images_in_a_column_of_a_structure_are_not_overlooked() => Assert.Contains(
        "Set Columns.Images to \"extra.file\"",
        Assert.Throws<DatasetException>(() => Load("""{"question":"?","answer":"x","extra":{"file":"a.png"}}""")).Message);

    // Parquet can't give an image in a structure, so that no format does.
    [Fact]
    public void Images_in_structures_are_not_read_whoever_makes_the_rows()
    {
        PixelImageSource image = new("p", new RgbImage(1, 1, new byte[3]));
        Dictionary<string, object?> scan = new() { ["image"] = image, ["kind"] = "CT" };
        TableRow row = new("a", 0, new Dictionary<string, object?> { ["question"] = "?", ["answer"] = "x", ["scan"] = scan });
        Assert.Equal(["scan.kind"], Assert.Single(TableDataset.Load("mine", [row])).Metadata.Keys);
        TableOptions options = new() { Columns = new ExampleColumns { Images = "scan.image" } };
        Assert.Contains(
            "an image was expected", Assert.Throws<DatasetException>(() => TableDataset.Load("mine", [row], options)).Message);
    }

    // As verl writes a row, in JSON: the conversation has the values as written.
    [Fact]
    public void Conversations_in_JSON_have_the_values_of_structures_too()
    {
        string file = _folder.Write("a.jsonl", """
            {"prompt":[{"role":"user","content":"2+2?"}],"reward_model":{"style":"rule","ground_truth":4.0},"extra":{"index":7,"list":["a"]}}
            {"prompt":[{"role":"user","content":"Where?"}],"solution":[10,20.5,30,40],"label":["edema","effusion"]}
            {"prompt":[{"role":"user","content":"Who?"}],"answer":["<answer> she </answer>"],"reward_model":null}
            """);
        ConversationDataset dataset = ConversationDataset.Load(file, _folder.Path);
        Assert.Equal(["4.0", "[10, 20.5, 30, 40]", "she"], dataset.Select(one => one.ToPrompt().Example!.Answer));
        Assert.Equal(
            ["extra.index: 7", "reward_model.ground_truth: 4.0", "reward_model.style: rule"],
            dataset[0].Metadata.Select(pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["solution"], dataset[1].Metadata.Keys);
    }

    private TableDataset Load(string line, ExampleColumns? columns = null) => JsonLines.Load(
        _folder.Write("a.jsonl", line), new JsonLinesOptions
        {
            Table = new TableOptions { Columns = columns ?? new ExampleColumns(), MissingImages = MissingImageHandling.Keep },
        });
}
