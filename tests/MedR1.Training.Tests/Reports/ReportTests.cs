using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task An_html_report_has_curves_and_completions_and_is_self_contained()
    {
        string path = Path.Combine(_folder, "deep", "report.html");
        HtmlReportWriter writer = new(path, "Brains & <lungs>", interval: 2);
        writer.Set("Data", "mine");

        await RunAsync("</td><script>alert(1)</script>", writer);

        string page = File.ReadAllText(path);
        Assert.Contains("<h1>Brains &amp; &lt;lungs&gt;</h1>", page);
        Assert.Contains("<th>Data</th><td>mine</td>", page);
        Assert.Contains("from 0 to 3", page);

        // Model output is shown and not executed; nothing is fetched from elsewhere.
        Assert.DoesNotContain("<script", page);
        Assert.Contains("&lt;script&gt;alert(1)", page);
        Assert.DoesNotMatch(@"(src|href)\s*=", page);

        // One curve per metric, each with its three steps.
        string[] charts = [.. Regex.Matches(page, "<svg.*?</svg>").Select(match => match.Value)];
        XElement reward = XElement.Parse(Assert.Single(charts, chart => chart.Contains("<title>reward</title>")));
        Assert.Equal(3, reward.Element("polyline")!.Attribute("points")!.Value.Split(' ').Length);
        Assert.Contains(charts, chart => chart.Contains("<title>rewards/length/mean</title>"));
        Assert.All(charts, chart => Assert.NotNull(XElement.Parse(chart).Element("polyline")));
        Assert.Contains("<th>reward</th><th>advantage</th><th>tokens</th>", page);
    }

    [Fact]
    public void The_tables_hold_the_last_step_and_each_completion_with_its_scores()
    {
        string path = Path.Combine(_folder, "report.html");
        HtmlReport.Save(path, new HtmlReportContent(
            "Run", [Measured.Step(1, ("loss", 9)), Measured.Step(2, ("loss", 0.125), ("kl", 1_234_567), ("grad_norm", double.NaN))])
        {
            Facts = [new("Data", "mine")],
            Completions =
            [
                Row("yes", StopReason.EndToken, new CompletionScore(1, [1, null]), 0.70711),
                Row("n", StopReason.Length, new CompletionScore(1.0 / 3 - 1, [1.0 / 3, -1]), -0.70711),
            ],
        });

        Assert.Equal(
            [
                ["Data|mine"],
                ["grad_norm|NaN", "kl|1.23457E+06", "loss|0.125"],
                [
                    "question|completion|first|second|reward|advantage|tokens|stop reason",
                    "why?|yes|1||1|0.707|3|EndToken", "why?|n|0.333|-1|-0.667|-0.707|1|Length",
                ],
            ],
            Regex.Matches(File.ReadAllText(path), "<table>(.*?)</table>").Select(table => Regex.Matches(table.Value, "<tr>(.*?)</tr>")
                .Select(row => string.Join('|', Regex.Matches(row.Value, "<t[hd].*?>(.*?)</t[hd]>").Select(cell => cell.Groups[1].Value)))));
        Assert.Contains("<h2>Step 2</h2>", File.ReadAllText(path));

        static CompletionRow Row(string text, StopReason stop, CompletionScore score, double advantage) => new(
            VqaPrompt.Ask("why?"),
            new Completion { Text = text, TokenIds = [.. Enumerable.Repeat(1, text.Length)], StopReason = stop, SampleIndex = 0 },
            score, [new("first", score.ByReward[0]), new("second", score.ByReward[1])], advantage);
    }

    [Fact]
    public void The_report_of_a_failed_run_has_its_last_steps()
    {
        string path = Path.Combine(_folder, "report.html");
        HtmlReportWriter writer = new(path, interval: 50);
        writer.OnStart(new TrainingStart("GrpoTrainer", 0, 100));
        writer.OnStep(new StepMetrics(1, new Dictionary<string, double> { ["reward"] = 0.25 }));
        writer.OnStop();

        Assert.Contains("<title>reward</title>", File.ReadAllText(path));
        File.Delete(path);
        writer.OnStop();
        Assert.False(File.Exists(path));
    }

    // With an interval of 1, the page for a step is written before its checkpoint.
    [Fact]
    public void The_report_of_a_cancelled_run_names_its_last_checkpoint()
    {
        string path = Path.Combine(_folder, "report.html");
        HtmlReportWriter writer = new(path, interval: 1);
        writer.OnStart(new TrainingStart("GrpoTrainer", 0, 100));
        writer.OnStep(new StepMetrics(1, new Dictionary<string, double> { ["reward"] = 0.25 }));
        writer.OnCheckpoint(1, "runs/step-000001");
        writer.OnStop();

        Assert.Contains("runs/step-000001", File.ReadAllText(path));
    }

    // 28 is ENOSPC; the disk of a test is not full, so that its free bytes are not known here.
    [Fact]
    public void A_full_disk_is_named_with_the_file_and_its_size()
    {
        string path = Path.Combine(Path.GetTempPath(), "report.html");
        IOException cause = new($"No space left on device : '{path}.0123.tmp'", 28);

        IOException exception = WholeFile.Full(path, 1234, cause);

        Assert.StartsWith($"'{path}' needs 1234 bytes, but ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(" are free on its disk. Free some space", exception.Message);
        Assert.Equal(28, exception.HResult);
        Assert.Same(cause, exception.InnerException);

        // The free space of a folder that there is not is unknown, which does not mean 0.
        path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "report.html");
        Assert.StartsWith(
            $"'{path}' needs 1234 bytes, but its disk is full. Free some space", WholeFile.Full(path, 1234, cause).Message);
    }

    [Fact]
    public void What_does_not_fit_is_deleted_before_the_free_space_is_measured()
    {
        string path = Path.Combine(_folder, "state");
        File.CreateSymbolicLink(path, "/dev/full");

        IOException exception = Assert.Throws<IOException>(() => WholeFile.WriteThrough(path, [1, 2]));

        Assert.StartsWith($"'{path}' needs 2 bytes, but ", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Of_several_files_none_is_replaced_if_one_cannot_be_written()
    {
        string first = Path.Combine(_folder, "first");
        File.WriteAllText(first, "earlier");

        // The second would be in a folder that is a file.
        Assert.ThrowsAny<IOException>(() => WholeFile.Write([(first, [1]), (Path.Combine(first, "second"), [2])]));

        Assert.Equal("earlier", File.ReadAllText(first));
        Assert.Equal([first], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("file/report.html", "in a folder that can be written to")]
    [InlineData("folder", "which is a folder")]
    public async Task A_report_that_cannot_be_written_is_refused_before_the_first_step(string path, string part)
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        using TinyPolicy policy = TestData.Policy();
        int scored = 0;
        using GrpoTrainer trainer = Runs.Small(policy, _ => { })
            .AddReward("seen", _ => ++scored)
            .AddObserver(new HtmlReportWriter(Path.Combine(_folder, path))).Build();

        Assert.Contains(part, (await Assert.ThrowsAsync<IOException>(() => trainer.RunAsync())).Message);
        Assert.Equal(0, scored);
    }

    [Fact]
    public void A_curve_runs_from_the_lower_left_to_the_upper_right()
    {
        XElement chart = XElement.Parse(SvgChart.Draw("a < b", [(10, 1.0), (20, 2.0), (30, 5.0)]));

        // x from 56 to 412, y from 156 (lowest) to 22 (highest); 2 is a quarter of the way: 156 − 134 / 4.
        Assert.Equal("56,156 234,122.5 412,22", chart.Element("polyline")!.Attribute("points")!.Value);
        Assert.Equal("a < b", chart.Element("title")!.Value);
        Assert.Equal(["a < b", "5", "1", "10", "30"], chart.Elements("text").Select(text => text.Value));
    }

    [Fact]
    public void A_curve_of_many_steps_is_drawn_from_the_means_of_neighbours()
    {
        XElement chart = XElement.Parse(SvgChart.Draw("loss", [.. Enumerable.Range(1, 1201).Select(step => ((long)step, (double)step))]));

        // At most 600 points, so three together, at the last one's step; the 1,201st is alone. The first are (3, 2) and (6, 5), the last is
        // (1201, 1201): x = 56 + 356 · 3 / 1198, y = 156 − 134 · 3 / 1199.
        string[] points = chart.Element("polyline")!.Attribute("points")!.Value.Split(' ');
        Assert.Equal(401, points.Length);
        Assert.Equal(["56,156", "56.9,155.7", "412,22"], [points[0], points[1], points[^1]]);
        Assert.Equal(["loss", "1.2E+03", "2", "3", "1201"], chart.Elements("text").Select(text => text.Value));
    }

    // In the middle of the axes, which run from 56 to 412 and from 156 to 22, with its value and step.
    [Fact]
    public void One_point_is_a_dot()
    {
        XElement chart = XElement.Parse(SvgChart.Draw("eval/accuracy", [(300, 0.6321)]));
        XElement dot = chart.Element("circle")!;
        Assert.Equal(("234", "89"), (dot.Attribute("cx")!.Value, dot.Attribute("cy")!.Value));
        Assert.Null(chart.Element("polyline"));
        Assert.Equal(["eval/accuracy", "0.632", "300"], chart.Elements("text").Select(text => text.Value));
    }

    [Fact]
    public async Task Completions_are_logged_one_per_line_with_rewards_and_advantage()
    {
        string path = Path.Combine(_folder, "completions.jsonl");
        using (CompletionLog log = new(path))
        {
            await RunAsync("\"ümlaut\"\n", log);
        }

        JsonElement[] lines = [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(3 * 2 * 4, lines.Length);
        Assert.Equal([0, 1, 2], lines.Select(line => line.GetProperty("rollout").GetInt32()).Distinct());
        JsonElement first = lines[0];
        Assert.StartsWith("\"ümlaut\"\n", first.GetProperty("completion").GetString());
        Assert.Equal("EndToken", first.GetProperty("ended").GetString());
        Assert.StartsWith("example ", first.GetProperty("example").GetString());
        Assert.Equal("?", first.GetProperty("question").GetString());
        Assert.Equal(first.GetProperty("tokens").GetDouble(), first.GetProperty("reward").GetDouble());
        Assert.Equal(first.GetProperty("tokens").GetDouble(), first.GetProperty("rewards").GetProperty("length").GetDouble());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("rewards").GetProperty("never").ValueKind);
        Assert.All(lines.Chunk(4), group => Assert.Equal(0, group.Sum(line => line.GetProperty("advantage").GetDouble()), 1e-6));
    }

    // PPO's advantages belong to tokens, and are not known yet when the completions are shown.
    [Fact]
    public async Task Completions_without_advantages_are_shown_without_one()
    {
        string log = Path.Combine(_folder, "completions.jsonl");
        string page = Path.Combine(_folder, "report.html");
        using (CompletionLog completions = new(log))
        using (TinyPolicy policy = TestData.Policy())
        {
            await PpoRuns.Small(policy, options => options.MaxSteps = 1)
                .AddObserver(completions).AddObserver(new HtmlReportWriter(page)).RunAsync();
        }

        string[] lines = File.ReadAllLines(log);
        Assert.NotEmpty(lines);
        Assert.All(lines.Select(line => JsonDocument.Parse(line).RootElement), line =>
        {
            Assert.Equal(JsonValueKind.Null, line.GetProperty("advantage").ValueKind);
            Assert.Equal(JsonValueKind.Number, line.GetProperty("reward").ValueKind);
        });
        string html = File.ReadAllText(page);
        Assert.Contains("<th>reward</th><th>tokens</th>", html);
        Assert.DoesNotContain("advantage", html);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task RunAsync(string answer, ITrainingObserver observer)
    {
        using TinyPolicy policy = TestData.Policy();
        await new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(4))
            .UseSampler(new ScriptedSampler((_, sample) => answer + new string('x', sample)))
            .AddReward("length", context => context.Completion.TokenCount)
            .AddReward("never", _ => null)
            .AddObserver(observer)
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 3;
                options.MaxNewTokens = 64;
            })
            .RunAsync();
    }
}
