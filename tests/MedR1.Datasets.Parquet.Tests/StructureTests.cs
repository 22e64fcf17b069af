using System.Text.Json;
using global::Parquet;
using global::Parquet.Serialization;
using global::Parquet.Serialization.Attributes;
using MedR1.TestSupport;

namespace MedR1.Datasets.Parquet.Tests;

/// <summary>Structures and lists of answers, which are read as those of the same rows in JSON Lines.</summary>
public sealed class StructureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Structures_are_those_of_the_same_JSON()
    {
        Random random = new(11);
        Row[] rows = [.. Enumerable.Range(0, 50).Select(i => RandomRow(random, i))];
        string json = _folder.Write("a.jsonl", string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row))));
        TableOptions table = new()
        {
            Columns = new ExampleColumns { Answer = "reward_model.target.answers", Options = "extra.choices", Id = "extra.at.index" },
            AnswerSeparator = "; ",
            MissingTexts = MissingTextHandling.Keep,
        };
        TableDataset expected = JsonLines.Load(json, new JsonLinesOptions { Table = table });

        TableDataset actual = ParquetDataset.Load(await WriteAsync(rows), new ParquetDatasetOptions { Table = table });

        Assert.Equal(50, actual.Count);
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));
        Assert.Equal(expected.MissingTexts, actual.MissingTexts);
        Assert.Contains(actual, one => one.Answer.Contains("; ", StringComparison.Ordinal));
        Assert.Contains(actual, one => one.Options.Count == 2);
        Assert.Contains(actual, one => one.Metadata.ContainsKey("extra.at.name") && one.Metadata.ContainsKey("reward_model.style"));
        Assert.InRange(actual.MissingTexts, 5, 45);
    }

    // A structure that can't be null has one level less.
    [Fact]
    public async Task Structures_that_can_not_be_null_are_read_too()
    {
        string file = await WriteAsync<RequiredRow>(
            [new() { question = "a", gold = new() { text = "x" } }, new() { question = "b", gold = new() { text = "y" } }]);
        TableDataset dataset = ParquetDataset.Load(
            file, new ParquetDatasetOptions { Table = new TableOptions { Columns = new ExampleColumns { Answer = "gold.text" } } });
        Assert.Equal(["x", "y"], dataset.Select(one => one.Answer));
    }

    [Fact]
    public async Task A_list_of_numbers_is_an_answer_and_a_list_of_texts_needs_a_separator()
    {
        VqaExample box = Assert.Single(ParquetDataset.Load(
            await WriteAsync<BoxRow>([new() { question = "Where?", answer = [10, 20.5, 30, 40] }])));
        Assert.Equal("[10, 20.5, 30, 40]", box.Answer);
        string file = await WriteAsync<LabelsRow>([new() { question = "What?", answer = ["edema", "effusion"] }]);
        Assert.Contains("Set AnswerSeparator", Assert.Throws<DatasetException>(() => ParquetDataset.Load(file)).Message);
    }

    [Fact]
    public async Task A_damaged_file_is_read_or_refused()
    {
        Random random = new(5);
        byte[] bytes = await File.ReadAllBytesAsync(await WriteAsync([.. Enumerable.Range(0, 20).Select(i => RandomRow(random, i))]));
        string path = Path.Combine(_folder.Path, "damaged.parquet");
        int refused = FileDamage.Check(bytes, 80, seed: 1, Load, exception => exception is DatasetException);
        Assert.InRange(refused, 8, 80);

        void Load(byte[] damaged)
        {
            File.WriteAllBytes(path, damaged);
            ParquetDataset.Load(path, new ParquetDatasetOptions { Table = new TableOptions { MissingTexts = MissingTextHandling.Keep } });
        }
    }

    private static string Describe(VqaExample example) => $"{example.Id.Split('/')[^1]}: {example.Problem} -> {example.Answer} "
        + string.Join(", ", example.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    private static Row RandomRow(Random random, int i) => new()
    {
        question = $"q{i}",
        reward_model = random.Next(5) == 0 ? null : new RewardModel
        {
            style = random.Next(3) == 0 ? null : "rule",
            target = random.Next(4) == 0 ? null : new Target
            {
                answers = i % 10 == 0 ? ["CT"] : [.. Enumerable.Range(0, random.Next(4)).Select(answer => $"a{answer}")],
            },
        },
        extra = random.Next(6) == 0 ? null : new Extra
        {
            at = random.Next(4) == 0 ? null : new Place { index = i, name = $"n{i}" },
            tools = random.Next(3) == 0 ? null : ["zoom"],
            choices = i % 10 == 0 ? new Choices { A = "CT", B = "MRI" } : null,
        },
    };

    private async Task<string> WriteAsync<T>(T[] rows)
        where T : class, new()
    {
        string file = Path.Combine(_folder.Path, "a.parquet");
        await ParquetSerializer.SerializeAsync(rows, file, new ParquetOptions { RowGroupSize = 7 });
        return file;
    }

    // The property names are the column names of the file.
#pragma warning disable SA1300, IDE1006
    private sealed class Target
    {
        public List<string> answers { get; set; } = [];
    }

    private sealed class RewardModel
    {
        public string? style { get; set; }

        public Target? target { get; set; }
    }

    private sealed class Place
    {
        public long index { get; set; }

        public string? name { get; set; }
    }

    private sealed class Extra
    {
        public Place? at { get; set; }

        public List<string>? tools { get; set; }

        public Choices? choices { get; set; }
    }

    private sealed class Choices
    {
        public string? A { get; set; }

        public string? B { get; set; }

        public string? C { get; set; }
    }

    private sealed class Row
    {
        public string? question { get; set; }

        public RewardModel? reward_model { get; set; }

        public Extra? extra { get; set; }
    }

    private sealed class Gold
    {
        public string? text { get; set; }
    }

    private sealed class RequiredRow
    {
        public string? question { get; set; }

        [ParquetRequired]
        public Gold gold { get; set; } = new();
    }

    private sealed class BoxRow
    {
        public string? question { get; set; }

        public List<double>? answer { get; set; }
    }

    private sealed class LabelsRow
    {
        public string? question { get; set; }

        public List<string>? answer { get; set; }
    }
#pragma warning restore SA1300, IDE1006
}
