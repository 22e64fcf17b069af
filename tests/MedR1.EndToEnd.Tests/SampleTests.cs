using System.Text.Json;

namespace MedR1.EndToEnd.Tests;

/// <summary>Runs each sample on the shipped data.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("medr1-samples-").FullName;

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void The_quick_start_writes_summary_curves_completions_and_a_checkpoint()
    {
        string output = Path.Combine(_work, "run");
        SampleProgram.Run("QuickStart", "--steps", "2", "--seed", "3", "--output", output);
        JsonElement summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, "summary.json"))).RootElement;
        // The README of the data: 685 test questions, chance 36.6 %; balanced so that the blind prior can't beat chance.
        Assert.Equal(685, summary.GetProperty("testQuestions").GetInt32());
        Assert.Equal(0.366, summary.GetProperty("chance").GetDouble(), 0.001);
        Assert.Equal(0.366, summary.GetProperty("blindPriorAccuracy").GetDouble(), 0.02);

        // docs/results.md: 281 of the 685 without training, greedily; rounding on another processor may change a close answer, not ten.
        Assert.Equal(281 / 685.0, summary.GetProperty("zeroShotAccuracy").GetDouble(), 10 / 685.0);

        // Blank images give chance, within three standard errors: 3 · √(0.366 · 0.634 / 685).
        Assert.Equal(0.366, summary.GetProperty("questionOnlyAccuracy").GetDouble(), 0.055);
        Assert.Matches(
            @"(?m)^- question only: .* data real-mini \(test\) \(blank images\) .* then 2 steps of GRPO",
            File.ReadAllText(Path.Combine(output, "report.md")));
        Assert.Equal(3, summary.GetProperty("seed").GetInt32());
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(output, "curves.png"))[1..4]);
        Assert.True(File.Exists(Path.Combine(output, "completions.md")));
        Assert.True(File.Exists(Path.Combine(output, "checkpoint", "model.safetensors")));
        Assert.Equal(2, File.ReadLines(Path.Combine(output, "grpo.jsonl")).Count());
        Assert.Equal(2, File.ReadLines(Path.Combine(output, "control.jsonl")).Count());
    }

    [Fact]
    public void QuickStart_trains_on_augmented_images_without_a_control()
    {
        string output = Path.Combine(_work, "augmented");
        SampleProgram.Run("QuickStart", "--steps", "2", "--augment-images", "--no-control", "--output", output);

        // A right answer scores 1, the requested format 0.05.
        JsonElement[] steps =
        [
            .. File.ReadLines(Path.Combine(output, "grpo.jsonl")).Select(line => JsonDocument.Parse(line).RootElement),
        ];
        Assert.Equal(2, steps.Length);
        Assert.All(steps, step => Assert.Equal(
            step.GetProperty("rewards/option_text/mean").GetDouble() + 0.05 * step.GetProperty("rewards/format/mean").GetDouble(),
            step.GetProperty("reward").GetDouble(), 1e-9));
        Assert.False(File.Exists(Path.Combine(output, "control.jsonl")));
    }

    [Fact]
    public void AskAnImage_answers_about_any_image()
    {
        string images = Path.Combine(SampleProgram.Root, "data", "real-mini", "Images", "ct");
        string image = Directory.EnumerateFiles(images, "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First();
        string answer = SampleProgram.Run(
            "AskAnImage", Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base"), image,
            "Which imaging modality was used to take this picture? Answer in words.", "--max-new-tokens", "8");
        Assert.NotEqual("", answer.Trim());
    }

    [Fact]
    public void CustomReward_trains_with_a_lambda_and_a_class() => Assert.Contains("2 steps in", SampleProgram.Run("CustomReward", "2"));

    [Fact]
    public void TrainGrpo_trains_a_checkpoint_on_a_folder_of_OmniMedVQA_and_resumes()
    {
        string output = Path.Combine(_work, "grpo");
        string[] arguments =
        [
            "--Checkpoint", Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base"),
            "--Data", Path.Combine(SampleProgram.Root, "data", "real-mini"), "--Output", output, "--Think", "false",
            "--EvaluationQuestions", "4", "--Trainer:PromptsPerStep", "2", "--Trainer:GroupSize", "2", "--Trainer:MaxNewTokens", "8",
            "--Trainer:SaveInterval", "1", "--Trainer:EvaluationInterval", "1", "--Trainer:MaxPromptTokens", "512",
        ];
        Assert.Contains("step 1 of 1", SampleProgram.Run("TrainGrpo", [.. arguments, "--Trainer:MaxSteps", "1"]));
        Assert.Contains("step 2 of 2", SampleProgram.Run("TrainGrpo", [.. arguments, "--Trainer:MaxSteps", "2"]));

        // Step 0 was evaluated before the first step; the second call resumed and made only step 2.
        JsonElement[] steps =
        [
            .. File.ReadLines(Path.Combine(output, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement),
        ];
        Assert.Equal([0, 1, 2], steps.Select(step => step.GetProperty("step").GetInt32()));
        Assert.All(steps, step => Assert.InRange(step.GetProperty("eval/accuracy").GetDouble(), 0, 1));
        Assert.Equal("step-000002", File.ReadAllText(Path.Combine(output, "latest")));
        Assert.True(File.Exists(Path.Combine(output, "step-000002", "model", "model.safetensors")));
        Assert.Contains("<title>eval/accuracy</title>", File.ReadAllText(Path.Combine(output, "report.html")));
        Assert.Equal(2 * 4, File.ReadLines(Path.Combine(output, "completions.jsonl")).Count());
    }

    [Fact]
    public void CustomLoop_trains_without_the_trainer()
    {
        string[] lines = SampleProgram.Run("CustomLoop", "3").Trim().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^step \d: reward [01]\.\d{3}, loss -?\d+\.\d{4}", line));
    }

    [Fact]
    public void SftBaseline_trains_on_the_answers_and_reports_the_blind_prior_too()
    {
        string output = Path.Combine(_work, "sft");
        string report = SampleProgram.Run(
            "SftBaseline", "--steps", "2", "--examples-per-step", "4", "--questions", "8", "--output", output);
        Assert.Contains("blind option prior", report);
        Assert.Contains("2 steps in", report);
        Assert.True(File.Exists(Path.Combine(output, "step-000002", "model", "model.safetensors")));
    }

    [Fact]
    [Trait("Tier", "Slow")]
    public void PretrainBase_trains_stage_after_stage()
    {
        string[] from = [];
        foreach (string stage in (string[])["text", "images", "choices", "places"])
        {
            string output = Path.Combine(_work, stage);
            string said = SampleProgram.Run(
                "PretrainBase", ["--stage", stage, "--steps", "1", "--batch", "4", "--crop", "0.85", "--output", output, .. from]);
            Assert.Contains("step 1: places of training images", said);
            from = ["--from", output];
        }

        // The vocabulary is that of the first stage, and of the shipped base.
        byte[] shipped = File.ReadAllBytes(Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base", "vocab.json"));
        Assert.Equal(shipped, File.ReadAllBytes(Path.Combine(_work, "places", "vocab.json")));
    }
}
