using System.Text.Json.Nodes;

namespace MedR1.Evaluation.Tests;

public sealed class ReportFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-reports-").FullName;

    private static readonly EvaluationReport s_report = EvaluationReport.Create("model", "med-r1",
    [
        new EvaluatedAnswer(
            Examples.Choice(1, "a", "ö \"<") with
            {
                Modality = ImagingModality.OCT,
                QuestionType = QuestionType.LesionGrading,
                Dataset = "set",
                Metadata = new Dictionary<string, string> { ["family"] = "f", ["image_path"] = "Images/1.png" },
            }, "<answer>B</answer>", new ScoredAnswer("B", true))
        {
            OptionProbabilities = [0.25, 0.75],
            Completion = new Completion { Text = "<answer>B</answer>", TokenIds = [5, 6], StopReason = StopReason.Length },
        },
        new EvaluatedAnswer(
            new VqaExample { Id = "open", Question = "?", Answer = "x" }, "", new ScoredAnswer(null, false)),
    ], Examples.Origin with { DataHash = null });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path => System.IO.Path.Combine(_folder, "below", "report.json");

    [Fact]
    public void A_hash_of_the_whole_data_set_is_not_one_of_the_answered_questions()
    {
        // For a set some of whose questions were not asked.
        EvaluationReport part = EvaluationReport.Create(
            "part", "med-r1", s_report.Answers, s_report.Origin with { DataHash = "0123456789abcdef" });
        ReportFile.Save(part, Path);
        Assert.Equal("0123456789abcdef", ReportFile.Load(Path).Origin.DataHash);

        File.WriteAllText(Path, File.ReadAllText(Path).Replace("\"open\"", "\"opened\"", StringComparison.Ordinal));
        Assert.Contains("changed or damaged", Assert.Throws<InvalidDataException>(() => ReportFile.Load(Path)).Message);
    }

    [Fact]
    public void Keeps_everything_but_the_images()
    {
        ReportFile.Save(s_report, Path);
        EvaluationReport read = ReportFile.Load(Path);
        Assert.Equal((s_report.Name, s_report.Rule, s_report.Origin), (read.Name, read.Rule, read.Origin));
        Assert.Equal(s_report.Overall, read.Overall);
        Assert.Equal(s_report.ByModality, read.ByModality);
        Assert.Equal(s_report.ByQuestionType, read.ByQuestionType);
        Assert.Equal(s_report.ByDataset, read.ByDataset);
        Assert.Equal(
            (null, null, null), (read.Answers[1].Example.Modality, read.Answers[1].Example.QuestionType, read.Answers[1].Completion));
        Assert.Equal(s_report.ByFamily, read.ByFamily);
        Assert.Equal((1, 1), (read.UnreadableCount, read.TruncatedCount));
        Assert.Equal(s_report.Answers[0].Example.Options, read.Answers[0].Example.Options);
        Assert.Equal([0.25, 0.75], read.Answers[0].OptionProbabilities!);
        Assert.Equal([5, 6], read.Answers[0].Completion!.TokenIds);
        Assert.Empty(ReportComparison.Compare(s_report, read).Warnings);
        Assert.Empty(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, "*.tmp"));
    }

    [Fact]
    public void Replaces_a_file_and_leaves_nothing_behind_where_it_can_not()
    {
        ReportFile.Save(s_report, Path);
        ReportFile.Save(EvaluationReport.Create("second", "r", [Examples.Answered(true)]), Path);
        Assert.Equal("second", ReportFile.Load(Path).Name);

        string occupied = System.IO.Path.Combine(_folder, "occupied");
        Directory.CreateDirectory(occupied);
        Assert.True(Record.Exception(() => ReportFile.Save(s_report, occupied)) is IOException or UnauthorizedAccessException);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    // Without a hash of the answers, that of the data set is theirs.
    [Fact]
    public void What_a_file_may_leave_out_is_not_needed()
    {
        ReportFile.Save(s_report, Path);
        JsonNode document = JsonNode.Parse(File.ReadAllText(Path))!;
        Assert.True(document.AsObject().Remove("answersHash"));
        Assert.True(document["answers"]![0]!.AsObject().Remove("tokenIds"));
        File.WriteAllText(Path, document.ToJsonString());
        Assert.Empty(ReportFile.Load(Path).Answers[0].Completion!.TokenIds);

        document["answers"]![1]!["id"] = "opened";
        File.WriteAllText(Path, document.ToJsonString());
        Assert.Contains("changed or damaged", Assert.Throws<InvalidDataException>(() => ReportFile.Load(Path)).Message);
    }

    [Theory]
    [InlineData("\"b\"", "\"c\"", "changed or damaged")]
    [InlineData("report/1", "report/9", "has format '")]
    [InlineData("\"answers\"", "\"answer\"", "is not a report")]
    public void Notices_a_file_that_was_changed(string from, string to, string message)
    {
        ReportFile.Save(EvaluationReport.Create("m", "r", [Examples.Answered(true)]), Path);
        string text = File.ReadAllText(Path);
        Assert.Contains(from, text);
        File.WriteAllText(Path, text.Replace(from, to));
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ReportFile.Load(Path)).Message);
    }

    // JSON may contain null or a number outside the options, which a report never has.
    [Theory]
    [InlineData("\"name\": \"m\"", "\"name\": null")]
    [InlineData("\"rule\": \"r\"", "\"rule\": null")]
    [InlineData("\"id\": \"0 of a/b\"", "\"id\": null")]
    [InlineData("\"question\": \"Which?\"", "\"question\": null")]
    [InlineData("\"answer\": \"a\"", "\"answer\": null")]
    [InlineData("\"text\": \"A\"", "\"text\": null")]
    [InlineData("\"b\"", "null")]
    [InlineData("\"f\"", "null")]
    [InlineData("\"answerIndex\": 0", "\"answerIndex\": 2")]
    public void Names_values_that_no_report_contains(string from, string to)
    {
        VqaExample example = Examples.Choice(0, "a", "b") with { Metadata = new Dictionary<string, string> { ["family"] = "f" } };
        ReportFile.Save(EvaluationReport.Create("m", "r", [Examples.Answered(true, example)]), Path);
        string text = File.ReadAllText(Path);
        Assert.Contains(from, text);
        File.WriteAllText(Path, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(Path, Assert.Throws<InvalidDataException>(() => ReportFile.Load(Path)).Message);
    }

    // Every prefix of the file, and every copy with one changed byte, either loads or fails with a named fault.
    [Fact]
    public void Survives_damage()
    {
        ReportFile.Save(s_report, Path);
        byte[] whole = File.ReadAllBytes(Path);
        for (int i = 0; i < whole.Length; i += 7)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x15;
            foreach (byte[] damaged in (byte[][])[whole[..i], changed])
            {
                File.WriteAllBytes(Path, damaged);
                Exception? thrown = Record.Exception(() => ReportFile.Load(Path));
                Assert.True(thrown is null or InvalidDataException, $"byte {i}: {thrown}");
            }
        }
    }
}
