using Apache.Arrow;
using Apache.Arrow.Types;
using MedR1.TestSupport;

namespace MedR1.Datasets.Arrow.Tests;

public sealed class ColumnTypeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lists_of_a_fixed_length_long_codes_and_views_are_read()
    {
        FixedSizeListArray.Builder options = new(StringType.Default, 2);
        StringArray.Builder texts = (StringArray.Builder)options.ValueBuilder;
        foreach (string[] pair in (string[][])[["CT", "MRI"], ["yes", "no"]])
        {
            options.Append();
            texts.AppendRange(pair);
        }

        RecordBatch batch = new RecordBatch.Builder()
            .Append("question", true, new StringViewArray.Builder().Append("Which one?").Append("Is a long question shown?").Build())
            .Append("options", true, options.Build())
            .Append("answer", true, new DictionaryArray(
                new DictionaryType(UInt32Type.Default, StringType.Default, false),
                new UInt32Array.Builder().Append(1).Append(0).Build(), new StringArray.Builder().Append("no").Append("CT").Build()))
            .Append("score", true, new HalfFloatArray.Builder().Append((Half)0.5f).Append((Half)(-2f)).Build())
            .Build();
        _folder.Write(batch);

        TableDataset dataset = SavedDataset.Load(_folder.Path);
        Assert.Equal(["Which one?", "Is a long question shown?"], dataset.Select(example => example.Question));
        Assert.Equal(["CT", "MRI", "yes", "no"], dataset.SelectMany(example => example.Options));
        Assert.Equal([0, 1], dataset.Select(example => example.AnswerIndex!.Value));
        Assert.Equal(["0.5", "-2"], dataset.Select(example => example.Metadata["score"]));
    }

    // As the same rows of JSON Lines are read: the second row has no reward model, and the third one no target.
    [Fact]
    public void Structures_and_lists_of_answers_are_those_of_the_same_JSON()
    {
        ListArray.Builder answers = new(StringType.Default);
        foreach (string[] list in (string[][])[["a", "b"], [], ["c"]])
        {
            answers.Append();
            ((StringArray.Builder)answers.ValueBuilder).AppendRange(list);
        }

        StructArray target = Structure(3, nullRow: 2, ("answers", answers.Build()));
        StructArray rewardModel = Structure(
            3, nullRow: 1, ("style", Texts("rule", "", null)), ("target", target), ("raw", new BinaryArray.Builder().Append([1])
                .Append([2]).Append([3]).Build()));
        StructArray choices = Structure(3, null, ("A", Texts(null, null, null)), ("B", Texts(null, null, null)));
        _folder.Write(new RecordBatch.Builder()
            .Append("question", true, Texts("x", "y", "z")).Append("reward_model", true, rewardModel).Append("options", true, choices).Build());
        string json = _folder.Write("a.jsonl", """
            {"question":"x","reward_model":{"style":"rule","target":{"answers":["a","b"]}}}
            {"question":"y","reward_model":null}
            {"question":"z","reward_model":{"style":null,"target":null}}
            """);
        TableOptions table = new()
        {
            Columns = new ExampleColumns { Answer = "reward_model.target.answers" },
            AnswerSeparator = "; ",
            MissingTexts = MissingTextHandling.Keep,
        };

        TableDataset actual = SavedDataset.Load(_folder.Path, new SavedDatasetOptions { Table = table });
        TableDataset expected = JsonLines.Load(json, new JsonLinesOptions { Table = table });

        Assert.Equal(["x -> a; b [style: rule]", "y -> ", "z -> "], actual.Select(Describe));
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));
        Assert.Equal((2, 2), (actual.MissingTexts, expected.MissingTexts));

        static StringArray Texts(params string?[] texts) => new StringArray.Builder().AppendRange(texts).Build();

        static string Describe(VqaExample example) => $"{example.Problem} -> {example.Answer}"
            + string.Concat(example.Metadata.Select(pair => $" [{pair.Key.Replace("reward_model.", "")}: {pair.Value}]"));
    }

    private static StructArray Structure(int rows, int? nullRow, params (string Name, IArrowArray Values)[] fields)
    {
        ArrowBuffer.BitmapBuilder valid = new();
        valid.AppendRange(Enumerable.Range(0, rows).Select(row => row != nullRow));
        return new StructArray(
            new StructType([.. fields.Select(one => new Field(one.Name, one.Values.Data.DataType, nullable: true))]), rows,
            fields.Select(one => one.Values), valid.Build(), nullRow is null ? 0 : 1);
    }

    // The Parquet tests expect the same texts for the same values.
    [Fact]
    public void Dates_times_and_decimals_become_text()
    {
        DateTimeOffset time = new(2024, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);
        DateTimeOffset old = new(1969, 12, 31, 23, 59, 58, TimeSpan.Zero);
        _folder.Write(SavedBatches.Row()
            .Append("day", true, new Date32Array.Builder().Append(time.UtcDateTime.Date).Build())
            .Append("old_day", true, new Date64Array.Builder().Append(old.UtcDateTime.Date).Build())
            .Append("no_day", true, new Date32Array.Builder().AppendNull().Build())
            .Append("seconds", true, Times(TimeUnit.Second, null, old))
            .Append("milliseconds", true, Times(TimeUnit.Millisecond, "Europe/Berlin", time))
            .Append("microseconds", true, Times(TimeUnit.Microsecond, null, time))
            .Append("nanoseconds", true, Times(TimeUnit.Nanosecond, "UTC", time))
            .Append("cost", true, new Decimal128Array.Builder(new Decimal128Type(10, 4)).Append("1.2500").Build())
            .Append("debt", true, new Decimal128Array.Builder(new Decimal128Type(38, 2)).Append("-0.05").Build())
            .Append("wide", true, new Decimal128Array.Builder(new Decimal128Type(38, 0)).Append(new string('9', 38)).Build())
            .Build());

        IReadOnlyDictionary<string, string> metadata = Assert.Single(SavedDataset.Load(_folder.Path)).Metadata;
        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["day"] = "2024-01-02",
                ["old_day"] = "1969-12-31",
                ["seconds"] = "1969-12-31T23:59:58.0000000",
                ["milliseconds"] = "2024-01-02T03:04:05.6780000Z",
                ["microseconds"] = "2024-01-02T03:04:05.6789010",
                ["nanoseconds"] = "2024-01-02T03:04:05.6789010Z",
                ["cost"] = "1.2500",
                ["debt"] = "-0.05",
                ["wide"] = new string('9', 38),
            },
            new SortedDictionary<string, string>(metadata.ToDictionary()));

        static IArrowArray Times(TimeUnit unit, string? zone, DateTimeOffset time) =>
            new TimestampArray.Builder(new TimestampType(unit, zone)).Append(time).Build();
    }

    // One nanosecond and one millisecond before 1970: both belong to the year before.
    [Fact]
    public void Times_before_1970_are_rounded_down()
    {
        ArrayData last = new Int64Array.Builder().Append(-1).Build().Data;
        TimestampType type = new(TimeUnit.Nanosecond, (string?)null);
        _folder.Write(SavedBatches.Row()
            .Append("time", true, new TimestampArray(new ArrayData(type, 1, 0, 0, last.Buffers)))
            .Append("day", true, new Date64Array(new ArrayData(Date64Type.Default, 1, 0, 0, last.Buffers)))
            .Build());

        IReadOnlyDictionary<string, string> metadata = Assert.Single(SavedDataset.Load(_folder.Path)).Metadata;
        Assert.Equal("1969-12-31T23:59:59.9999999", metadata["time"]);
        Assert.Equal("1969-12-31", metadata["day"]);
    }

    [Fact]
    public void A_date_out_of_range_is_refused()
    {
        ArrayData days = new Int32Array.Builder().Append(int.MaxValue).Build().Data;
        _folder.Write(SavedBatches.Row().Append(
            "day", true, new Date32Array(new ArrayData(Date32Type.Default, days.Length, 0, 0, days.Buffers))).Build());
        Assert.Contains("a.arrow can't be read", Assert.Throws<DatasetException>(() => SavedDataset.Load(_folder.Path)).Message);
    }
}
