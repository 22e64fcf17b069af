using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class AnswerListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A box of VLM-R1's; one of several accepted answers that happens to be the only one.
    [Theory]
    [InlineData("[10,20.50,30,1e2]", "[10, 20.5, 30, 100]")]
    [InlineData("[\"<answer> CT </answer>\"]", "CT")]
    [InlineData("[true]", "true")]
    [InlineData("[7]", "7")]
    public void A_list_that_is_one_answer_is_read_as_text(string list, string expected) => Assert.Equal(expected, Load(list).Answer);

    // Neither labels that are all right nor answers of which each is right can be guessed.
    [Theory]
    [InlineData("[\"edema\",\"effusion\"]", null, "field 'answer': a list of 2 values, which could be labels")]
    [InlineData("[\"edema\",3]", null, "Set AnswerSeparator")]
    [InlineData("[\"edema\",null]", "; ", "field 'answer': entry 1 of the list is not a single value")]
    [InlineData("[null]", "; ", "entry 0 of the list is not a single value")]
    [InlineData("[1,null]", "; ", "entry 1 of the list is not a single value")]
    [InlineData("[\"edema\",[\"effusion\"]]", "; ", "entry 1 of the list is not a single value")]
    [InlineData("[\"edema\",\"a; b\"]", "; ", "'a; b' contains the AnswerSeparator")]
    [InlineData("[]", "; ", "has no answer")]
    public void Other_lists_are_refused(string list, string? separator, string fault) =>
        Assert.Contains(fault, Assert.Throws<DatasetException>(() => Load(list, separator)).Message);

    [Theory]
    [InlineData("[\"edema\",\" effusion \"]", "; ", "edema; effusion")]
    [InlineData("[\"<answer> yes </answer>\",\"<answer>present</answer>\"]", "\n", "yes\npresent")]
    [InlineData("[\"grade\",3,true]", "|", "grade|3|true")]
    [InlineData("[1,2]", "; ", "[1, 2]")]
    public void A_separator_joins_several_texts(string list, string separator, string expected) =>
        Assert.Equal(expected, Load(list, separator).Answer);

    [Fact]
    public void A_list_with_options_must_be_one_of_them()
    {
        Assert.Equal(1, Load("[\"B\"]", options: "[\"CT\",\"MRI\"]").AnswerIndex);
        Assert.Contains("is none of the options", Assert.Throws<DatasetException>(
            () => Load("[\"A\",\"B\"]", "; ", "[\"CT\",\"MRI\"]")).Message);
    }

    [Fact]
    public void A_separator_of_no_characters_is_refused() =>
        Assert.Throws<ArgumentException>(() => new TableOptions { AnswerSeparator = "" });

    private VqaExample Load(string list, string? separator = null, string options = "null") => Assert.Single(JsonLines.Load(
        _folder.Write("a.jsonl", $$"""{"question":"?","options":{{options}},"answer":{{list}}}"""),
        new JsonLinesOptions { Table = new TableOptions { AnswerSeparator = separator } }));
}
