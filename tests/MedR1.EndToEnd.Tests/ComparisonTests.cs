using System.Text.Json;

namespace MedR1.EndToEnd.Tests;

/// <summary>Runs the comparison of methods for a few steps, like a user.</summary>
public sealed class ComparisonTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("medr1-comparison-").FullName;

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void It_creates_table_and_figure_of_all_methods_and_resumes_where_it_was_stopped()
    {
        string[] arguments = ["--steps", "2", "--seeds", "1", "--test-limit", "48", "--output", _work];
        SampleProgram.Run("Comparison", [.. arguments, "--methods", "zero-shot", "sft"]);
        DateTime before = File.GetLastWriteTimeUtc(Cell("sft"));

        string output = SampleProgram.Run("Comparison", arguments);

        Assert.Contains("6 cells of 2 steps, 2 already finished", output);
        Assert.Equal(before, File.GetLastWriteTimeUtc(Cell("sft")));
        string table = File.ReadAllText(Path.Combine(_work, "comparison.md"));
        Assert.Contains(table, output.ReplaceLineEndings("\n"));
        Assert.All(
            [
                "| chance |", "| blind option prior |", "| zero-shot |", "| SFT |", "| GRPO, no think |", "| GRPO, blank images |",
                "| GRPO, think |", "| PPO, no think |",
            ],
            row => Assert.Contains(row, table));
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(_work, "comparison.png"))[1..4]);

        // PPO's critic has the weights of the policy plus a head of 128 + 1.
        JsonElement grpo = CostOf("grpo");
        JsonElement ppo = CostOf("ppo");
        long weights = grpo.GetProperty("learningWeights").GetInt64();
        Assert.Equal(2 * weights + 129, ppo.GetProperty("learningWeights").GetInt64());
        Assert.Equal(8 * weights, grpo.GetProperty("optimizerBytes").GetInt64());
        Assert.All([grpo, ppo], cost =>
        {
            Assert.True(cost.GetProperty("stepSeconds").GetDouble() > cost.GetProperty("sampleSeconds").GetDouble());
            Assert.True(cost.GetProperty("sampleSeconds").GetDouble() > 0);
            Assert.True(cost.GetProperty("peakMemoryBytes").GetInt64() > 3 * 4 * weights);
        });
        Assert.Equal(2, File.ReadLines(Path.Combine(_work, "metrics", "ppo-seed-1.jsonl")).Count());
    }

    private string Cell(string method) => Path.Combine(_work, "cells", method, "seed-1.json");

    private JsonElement CostOf(string method) =>
        JsonDocument.Parse(File.ReadAllBytes(Cell(method))).RootElement.GetProperty("cost");
}
