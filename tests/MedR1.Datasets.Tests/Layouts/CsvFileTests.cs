using System.Text;
using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class CsvFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_that_occurs_twice_is_refused_with_both_rows()
    {
        string file = _folder.Write("a.csv", "path,split\na.png,train\nb.png,test\na.png,test\n");
        Assert.Contains(
            "item 2, field 'path': 'a.png' is also in item 0.",
            Assert.Throws<DatasetException>(() => CsvTable.Read(file, "path")).Message);
    }

    [Fact]
    public void A_column_that_occurs_twice_is_refused_if_it_is_read()
    {
        const string twice = "3 columns 'answer', at positions 2, 3, 5 of its header";
        string file = _folder.Write("a.csv", "question,answer,answer,note,answer\nWhich?,CT,MRI,n,CT\n");
        DatasetException exception = Assert.Throws<DatasetException>(() => CsvFile.Load(file));
        Assert.Contains(twice, exception.Message);
        Assert.Equal((file, "answer"), (exception.FilePath, exception.Field));

        CsvRow row = Assert.Single(CsvTable.Read(file));
        Assert.Contains(twice, Assert.Throws<DatasetException>(() => row["answer"]).Message);
        Assert.Equal(("Which?", "n"), (row["question"], row["note"]));
    }

    [Fact]
    public void Several_columns_may_have_no_name()
    {
        string file = _folder.Write("a.csv", "question,answer,,\nWhich?,CT,,\n");
        Assert.Equal("CT", Assert.Single(CsvFile.Load(file)).Answer);
    }

    // Empty lines are no rows, and a list is read in the column of the options alone.
    [Theory]
    [InlineData("choices", null)]
    [InlineData("alternatives", "alternatives")]
    public void A_list_of_options_may_have_another_name_and_lines_may_be_empty(string column, string? given)
    {
        string file = _folder.Write(
            "a.csv",
            $"question,{column},answer,note\r\n\r\nWhich?,\"[\"\"CT\"\", \"\"MRI\"\"]\",MRI,\"[\"\"n\"\"]\"\n\n\n[1] And?,,edema,\n\n");
        TableDataset dataset = CsvFile.Load(
            file, new CsvOptions { Table = new TableOptions { Columns = new ExampleColumns { Options = given } } });
        Assert.Equal(["a.csv/0", "a.csv/1"], dataset.Select(example => example.Id));
        Assert.Equal(["CT", "MRI"], dataset[0].Options);
        Assert.Equal("[\"n\"]", dataset[0].Metadata["note"]);
        Assert.Equal(("[1] And?", "edema", 0), (dataset[1].Question, dataset[1].Answer, dataset[1].Options.Count));
    }

    [Fact]
    public void Options_are_a_list_in_a_cell_or_separate_columns_or_part_of_the_question()
    {
        _folder.Write("p0.png", "");
        string list = _folder.Write("list.csv", "image,question,options,answer\np0.png,Which?,\"[\"\"CT\"\", \"\"MRI\"\"]\",MRI\n");
        string columns = _folder.Write("columns.csv", "\uFEFFimage,question,a,b,c,answer\r\np0.png,Which?,CT,MRI,,B\r\n");
        string inside = _folder.Write("inside.csv", "image,question,answer\np0.png,\"Which? A)CT, B)MRI\",B\n");
        foreach (TableDataset dataset in (TableDataset[])
            [
                CsvFile.Load(list), CsvFile.Load(columns, new CsvOptions { OptionColumns = ["a", "b", "c"] }), CsvFile.Load(inside),
            ])
        {
            VqaExample example = Assert.Single(dataset);
            Assert.Equal(("Which?", "MRI", 1), (example.Question, example.Answer, example.AnswerIndex));
            Assert.Equal(["CT", "MRI"], example.Options);
            Assert.Single(example.Images);
            Assert.DoesNotContain(example.Metadata.Keys, key => key is "a" or "b" or "c");
        }
    }

    [Fact]
    public void UTF_16_is_recognized_by_its_mark_and_invalid_UTF_8_is_refused()
    {
        const string text = "question,answer\nGröße?,ja\n";
        string file = Path.Combine(_folder.Path, "a.csv");
        foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(false), Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            File.WriteAllText(file, text, encoding);
            Assert.Equal("Größe?", Assert.Single(CsvFile.Load(file)).Question);
        }

        // After a byte order mark too: the reader chooses another encoding for a file that begins with one.
        foreach (byte[] mark in (byte[][])[[], Encoding.UTF8.GetPreamble()])
        {
            File.WriteAllBytes(file, [.. mark, .. Encoding.Latin1.GetBytes(text)]);
            Assert.Contains("a.csv: invalid UTF-8", Assert.Throws<DatasetException>(() => CsvFile.Load(file)).Message);
        }
    }

    [Fact]
    public void Columns_can_be_named_and_an_empty_cell_is_missing()
    {
        string file = _folder.Write("a.csv", "frage,antwort,alter\n\"Ist er, \"\"gross\"\"?\nUnd rund?\",ja,\nOffen?,,41\n");
        TableOptions table = new()
        {
            Columns = new ExampleColumns { Question = "frage", Answer = "antwort" }, MissingTexts = MissingTextHandling.Skip,
        };
        TableDataset dataset = CsvFile.Load(file, new CsvOptions { Table = table });
        VqaExample example = Assert.Single(dataset);
        Assert.Equal(("Ist er, \"gross\"?\nUnd rund?", "ja"), (example.Question, example.Answer));
        Assert.Equal(1, dataset.MissingTexts);
    }

    [Theory]
    [InlineData("question,options,answer\n?,CT|MRI,CT\n", "item 0, field 'options'")]
    [InlineData("question,options,answer\n?,\"[CT, MRI]\",CT\n", "item 0, field 'options'")]
    [InlineData("frage,answer\n?,CT\n", "columns are frage, answer")]
    [InlineData("question;answer\n?;CT\n", "header: its only column is 'question;answer'. Are its cells separated by semicolons?")]
    [InlineData("question\tanswer\n?\tCT\n", "separated by tabs?")]
    [InlineData("question,answer\n?,CT\n?,CT,MRI\n", "item 1: 3 cells, but the header has 2")]
    [InlineData("question,answer\n?,CT\n?,\"CT\n", "item 1: a quote is not closed")]
    [InlineData("question,\"answer\n?,CT\n", "header: a quote is not closed")]
    [InlineData("", "is empty")]
    public void Mistakes_are_named(string text, string part) => Assert.Contains(
        part, Assert.Throws<DatasetException>(() => CsvFile.Load(_folder.Write("a.csv", text))).Message);

    [Theory]
    [InlineData("question,a,b,answer\n?,,MRI,MRI\n", "field 'a': this option is empty, but the later 'b' is not")]
    [InlineData("question,a,answer\n?,CT,CT\n", "has no column 'b', only question, a, answer")]
    public void Mistakes_in_columns_of_options_are_named(string text, string part) => Assert.Contains(
        part,
        Assert.Throws<DatasetException>(
            () => CsvFile.Load(_folder.Write("a.csv", text), new CsvOptions { OptionColumns = ["a", "b"] })).Message);
}
