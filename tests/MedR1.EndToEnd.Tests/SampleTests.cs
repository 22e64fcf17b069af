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
        Assert.InRange(summary.GetProperty("zeroShotAccuracy").GetDouble(), 0.0, 1.0);
        Assert.Equal(3, summary.GetProperty("seed").GetInt32());
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(output, "curves.png"))[1..4]);
        Assert.True(File.Exists(Path.Combine(output, "completions.md")));
        Assert.True(File.Exists(Path.Combine(output, "checkpoint", "model.safetensors")));
        Assert.Equal(2, File.ReadLines(Path.Combine(output, "grpo.jsonl")).Count());
    }

    [Fact]
    public void AskAnImage_answers_about_any_picture()
    {
        string picture = Directory.EnumerateFiles(Path.Combine(SampleProgram.Root, "data", "real-mini", "Images", "ct"), "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First();
        string answer = SampleProgram.Run(
            "AskAnImage", Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base"), picture,
            "Which imaging modality was used to take this picture? Answer in words.", "--max-new-tokens", "8");
        Assert.NotEqual("", answer.Trim());
    }

    [Fact]
    public void CustomReward_trains_with_a_lambda_and_a_class() => Assert.Contains("2 steps in", SampleProgram.Run("CustomReward", "2"));
}
