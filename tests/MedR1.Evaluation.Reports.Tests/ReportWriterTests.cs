using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MedR1.Evaluation.Reports.Tests;

public sealed class ReportWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Writes_a_page_that_loads_nothing_and_escapes_its_content()
    {
        ReportWriter.Save(SampleReports.Whole(), _folder);
        string page = Read("report.html");
        Assert.Contains("<title>Cross-domain protocol &lt;made up&gt;</title>", page);
        Assert.Contains("made up &amp; mean nothing", page);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!#)|@import|url\\(|<script"), page);

        // 2 methods with accuracy and gain and a blind matrix for 2 groupings, a reliability diagram and a curve.
        Assert.Equal(12, Regex.Count(page, "<svg "));
        Assert.Equal(Regex.Count(page, "<svg "), Regex.Count(page, "</svg>"));
    }

    [Fact]
    public void Method_names_become_safe_and_distinct_file_names()
    {
        TransferReport transfer = SampleReports.Transfer("modality", SampleReports.Modalities);
        CrossDomainReport report = SampleReports.Whole() with
        {
            Transfers = [transfer with { Methods =
            [
                SampleReports.Matrix("../GRPO: think", SampleReports.Modalities, 58, 20),
                SampleReports.Matrix("---grpo  think", SampleReports.Modalities, 49, 35),
            ] }],
        };
        string folder = Path.Combine(_folder, "inside");
        ReportWriter.Save(report, folder);

        Assert.Equal([folder], Directory.GetFileSystemEntries(_folder));
        string[] figures =
        [
            .. Directory.GetFiles(folder, "modality-*.png").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            [
                "modality----grpo--think-2-accuracy.png", "modality----grpo--think-2-gain.png",
                "modality----grpo--think-accuracy.png", "modality----grpo--think-gain.png", "modality-blind.png",
            ],
            figures);
    }

    [Fact]
    public void Every_figure_names_rule_seed_model_and_data()
    {
        ReportWriter.Save(SampleReports.Whole(), _folder);
        string text = Read("report.md");
        string[] figures = Regex.Matches(text, "!\\[.*\\]\\((.*)\\)").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(12, figures.Length);
        Assert.All(figures, file => Assert.Equal(
            "PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(_folder, file))[1..4]));
        const string Origin =
            "rule med-r1 · seed 3 · model base \\(sha256 0123456789ab\\) · data made up \\(sha256 fedcba987654\\)";
        Assert.True(Regex.Count(text, Origin) >= 10);
        Assert.Contains("The data has no questions for OCT", text);
        Assert.Contains("| GRPO | med-r1 |", text);

        // As do the paired tests.
        Assert.Contains("\nrule med-r1 · seed 3 · model base (sha256 0123456789ab)\n", text);
        Assert.Contains("| zero-shot | GRPO | fedcba987654 | 100 |", text);
    }

    [Fact]
    public void The_numbers_of_heat_maps_are_available_as_text()
    {
        ReportWriter.Save(SampleReports.Whole(), _folder);
        string[] lines = Read("report.md").Split('\n');
        int map = Array.FindIndex(lines, line => line.StartsWith("![GRPO: accuracy by modality]", StringComparison.Ordinal));
        string[] table = [.. lines.Skip(map).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))];

        // Head, rule, chance, zero-shot and 8 domains; the first cell is 84 of 100 (the JSON's test), its interval Wilson's.
        Assert.Equal(12, table.Length);
        Assert.StartsWith("| trained on (modality) ↓, tested on (modality) → | CT |", table[0]);
        Assert.StartsWith("| chance |", table[2]);
        Assert.StartsWith("| CT | **84.0** (76–90) |", table[4]);
        Assert.Equal("–", table[^1].Split(" | ")[1]);
        Assert.Contains("–: not run.", string.Join('\n', lines.Skip(map).Take(5)));
    }

    // The diagonal of GRPO is 84 − r % in row r (49 + 3r − 4r + 35): 81 over rows 0 to 6, 80.5 over all eight.
    [Fact]
    public void Synthetic_domains_are_named_and_excluded_from_the_means()
    {
        TransferReport transfer = SampleReports.Transfer("modality", SampleReports.Modalities) with
        {
            SyntheticDomains = [SampleReports.Modalities[^1]],
        };
        ReportWriter.Save(SampleReports.Whole() with { Transfers = [transfer] }, _folder);
        string text = Read("report.md");
        Assert.Contains($"No medical images: {DomainLabels.Short(SampleReports.Modalities[^1])}.", text);
        Assert.Contains("Mean of the diagonal 81.0 %", text);
        string[] grpo = [.. text.Split('\n').Where(line => line.StartsWith("| GRPO | med-r1 |", StringComparison.Ordinal))];
        Assert.Equal(2, grpo.Length);
        Assert.StartsWith("| GRPO | med-r1 | 81.0 |", grpo[0]);
        Assert.StartsWith("| GRPO | med-r1 | 80.5 |", grpo[1]);
        Assert.Contains("Means with the synthetic domains", Read("report.html"));

        JsonElement json = JsonDocument.Parse(Read("report.json")).RootElement.GetProperty("transfers")[0];
        JsonElement method = json.GetProperty("methods")[1];
        Assert.Equal(63, method.GetProperty("cells").GetArrayLength());
        Assert.Equal(0.81, method.GetProperty("means").GetProperty("diagonal").GetDouble(), 9);
        Assert.Equal(0.81, json.GetProperty("comparison")[5].GetProperty("means").GetProperty("diagonal").GetDouble(), 9);
        Assert.Equal(
            0.805, json.GetProperty("comparisonWithSynthetic")[5].GetProperty("means").GetProperty("diagonal").GetDouble(), 9);
    }

    [Fact]
    public void The_json_has_every_cell_with_its_interval()
    {
        ReportWriter.Save(SampleReports.Whole(), _folder);
        JsonElement root = JsonDocument.Parse(Read("report.json")).RootElement;
        JsonElement grpo = root.GetProperty("transfers")[0].GetProperty("methods")[1];
        Assert.Equal(63, grpo.GetProperty("cells").GetArrayLength());
        JsonElement first = grpo.GetProperty("cells")[0];
        Assert.Equal(84, first.GetProperty("score").GetProperty("correct").GetInt32());
        Assert.Equal(0.84 - 0.31, first.GetProperty("gain").GetDouble(), 12);
        Assert.Equal(new Accuracy(84, 100).Low, first.GetProperty("score").GetProperty("low").GetDouble());
        Assert.Equal("fedcba9876543210", grpo.GetProperty("origin").GetProperty("dataHash").GetString());
    }

    // A page must not depend on where it is created: a comma in a number would break the drawing.
    [Fact]
    public void Numbers_do_not_depend_on_the_culture_of_the_machine()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        HeatMap map = TransferFigures.Accuracy(
            SampleReports.Transfer("modality", SampleReports.Modalities), SampleReports.Whole().Transfers[0].Methods[0]);
        string neutral = map.ToSvg();
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(neutral, map.ToSvg());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_comparison_lists_the_questions_that_changed()
    {
        ReportComparison comparison = ReportComparison.Compare(SampleReports.Answers("before", 40), SampleReports.Answers("after", 63));
        ReportWriter.Save(comparison, _folder);
        string text = Read("comparison.md");
        Assert.Contains("## Newly correct: 23 questions", text);
        Assert.Contains("## Newly incorrect: 0 questions", text);
        Assert.Contains("What is &lt;this>? A)a\\|b, B)c", text);
        Assert.Contains("| modality | CT |", text);
        Assert.Contains("<h2 id=\"s2\">Newly correct: 23 questions</h2>", Read("comparison.html"));
    }

    [Fact]
    public void A_single_evaluation_has_its_accuracy_over_all_and_by_group()
    {
        ReportWriter.Save(SampleReports.Answers("GRPO <1>", 63), _folder);
        string text = Read("report.md");
        Assert.StartsWith("# GRPO <1>\n", text);
        Assert.Contains("These scores have no blind baseline beside them", text);
        Assert.Contains("| GRPO &lt;1> | med-r1 | 100 | 50.0 | 63.0 (53.2 to 71.8) | 0 | 0 |", text);

        // 100 questions over 8 modalities: 13 for the first four. All have one question type.
        Assert.Matches(@"\n\| CT \| 13 \| 50\.0 \| \d+\.\d \(\d+\.\d to \d+\.\d\) \|\n", text);
        Assert.DoesNotContain("By question type", text);
        Assert.Contains("## Calibration", text);
        Assert.Contains("<title>GRPO &lt;1&gt;</title>", Read("report.html"));
    }

    [Fact]
    public void Evaluations_of_the_same_questions_are_shown_side_by_side()
    {
        EvaluationReport model = SampleReports.Answers("GRPO", 63);
        VqaExample[] questions = [.. model.Answers.Select(answer => answer.Example)];
        EvaluationReport prior = BlindPrior.Fit(questions).Evaluate(questions);
        ReportWriter.Save([model, prior], _folder, "Both");
        string text = Read("report.md");
        Assert.DoesNotContain("No blind baseline", text);
        Assert.Contains($"| modality | questions | chance % | GRPO (med-r1) % | {prior.Name} (blind-option-prior) % |", text);

        JsonElement root = JsonDocument.Parse(Read("report.json")).RootElement;
        Assert.Equal(("medr1-evaluation-reports/1", "Both"),
            (root.GetProperty("format").GetString(), root.GetProperty("title").GetString()));
        JsonElement first = root.GetProperty("reports")[0];
        Assert.Equal(63, first.GetProperty("overall").GetProperty("score").GetProperty("correct").GetInt32());
        Assert.Equal(0.5, first.GetProperty("overall").GetProperty("chance").GetDouble());
        Assert.Equal(8, first.GetProperty("groups").GetProperty("modality").GetArrayLength());
        Assert.Equal(1, root.GetProperty("calibrations").GetArrayLength());
    }

    [Fact]
    public void Evaluations_of_different_questions_are_refused()
    {
        EvaluationReport all = SampleReports.Answers("all", 63);
        EvaluationReport half = EvaluationReport.Create("half", "med-r1", all.Answers.Take(50));
        Assert.Contains(
            "'all' has 100 questions and 'half' has 50",
            Assert.Throws<ArgumentException>(() => ReportWriter.Save([all, half], _folder)).Message);
        EvaluationReport others = EvaluationReport.Create("others", "med-r1", all.Answers.Select(
            answer => answer with { Example = answer.Example with { Id = $"other {answer.Example.Id}" } }));
        Assert.Contains(
            "only in the first: 100 ('q0', 'q1', 'q2', …)",
            Assert.Throws<ArgumentException>(() => ReportWriter.Save([all, others], _folder)).Message);
        Assert.Throws<ArgumentException>(() => ReportWriter.Save([], _folder));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    // No two texts of a figure may overlap or exceed it: boxes from the sizes that the layout assumes.
    [Fact]
    public void Texts_of_figures_do_not_overlap()
    {
        TransferReport two = SampleReports.Transfer("modality", [.. SampleReports.Modalities.Take(2)]);
        foreach (TransferReport report in SampleReports.Whole().Transfers.Append(two))
        {
            foreach (Figure figure in (Figure[])[
                TransferFigures.Accuracy(report, report.Methods[1]), TransferFigures.Gain(report, report.Methods[1])])
            {
                NoOverlap(figure);
            }
        }

        NoOverlap(CalibrationFigures.Reliability([.. SampleReports.Whole().Calibrations]));
        NoOverlap(SampleReports.Whole().Curves[0]);
    }

    private static void NoOverlap(Figure figure)
    {
        XElement svg = XElement.Parse(figure.ToSvg());
        (double width, double height) = ((double)svg.Attribute("width")!, (double)svg.Attribute("height")!);
        (double Left, double Top, double Right, double Bottom, string Text)[] boxes =
            [.. svg.Elements().Where(element => element.Name.LocalName == "text" && element.Value.Length > 0).Select(Box)];
        Assert.NotEmpty(boxes);
        for (int i = 0; i < boxes.Length; i++)
        {
            Assert.True(
                boxes[i].Left >= 0 && boxes[i].Top >= 0 && boxes[i].Right <= width && boxes[i].Bottom <= height,
                $"'{boxes[i].Text}' leaves '{figure.Title}'.");
            for (int j = 0; j < i; j++)
            {
                Assert.False(
                    boxes[i].Left < boxes[j].Right && boxes[j].Left < boxes[i].Right
                    && boxes[i].Top < boxes[j].Bottom && boxes[j].Top < boxes[i].Bottom,
                    $"'{boxes[i].Text}' covers '{boxes[j].Text}' in '{figure.Title}'.");
            }
        }
    }

    private static (double Left, double Top, double Right, double Bottom, string Text) Box(XElement text)
    {
        double x = (double)text.Attribute("x")!;
        double y = (double)text.Attribute("y")!;
        double size = (double)text.Attribute("font-size")!;
        double width = TextSize.Width(text.Value, size, text.Attribute("font-weight") is not null);
        double start = (string)text.Attribute("text-anchor")! switch { "middle" => -width / 2, "end" => -width, _ => 0 };
        return text.Attribute("transform") is null
            ? (x + start, y - 0.75 * size, x + start + width, y + 0.2 * size, text.Value)
            : (x - 0.75 * size, y - start - width, x + 0.2 * size, y - start, text.Value);
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder, name));
}
