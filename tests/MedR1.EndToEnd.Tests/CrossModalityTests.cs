using System.Diagnostics;
using System.Text.Json;
using MedR1.Models.Qwen2VL;
using static TorchSharp.torch;

namespace MedR1.EndToEnd.Tests;

/// <summary>Runs the cross-domain protocol on two modalities of the shipped data, with one step per training run.</summary>
public sealed class CrossModalityTests : IDisposable
{
    private static readonly string Base = Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base");
    private readonly string _output = Directory.CreateTempSubdirectory("medr1-protocol-").FullName;

    private string[] Arguments =>
        ["--steps", "1", "--test-limit", "3", "--domains", "CT", "ultrasound", "--no-larger", "--output", _output];

    public void Dispose() => Directory.Delete(_output, recursive: true);

    // Two domains: zero-shot and blank 2 each, and for SFT and GRPO two rows of two cells and a control: 16.
    [Fact]
    public void A_killed_run_resumes_and_keeps_its_finished_cells()
    {
        KillAfterCells(3);
        Dictionary<string, string> before = Cells();
        Assert.InRange(before.Count, 3, 15);

        string console = SampleProgram.Run("CrossModality", Arguments);
        Assert.Contains($"{before.Count} of 16 cells are already finished", console);
        Dictionary<string, string> after = Cells();
        Assert.Equal(16, after.Count);
        Assert.All(before, cell => Assert.Equal(cell.Value, after[cell.Key]));

        JsonElement modality = Report(_output).GetProperty("transfers")[0];
        JsonElement[] methods = [.. modality.GetProperty("methods").EnumerateArray()];
        Assert.Equal(["SFT", "GRPO"], methods.Select(method => method.GetProperty("name").GetString()));
        Assert.All(methods, method => Assert.Equal(4, method.GetProperty("cells").GetArrayLength()));
        Assert.Equal(
            ["Dermoscopy", "OCT (Optical Coherence Tomography"],
            modality.GetProperty("missingDomains").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("no questions for Dermoscopy, OCT", File.ReadAllText(Path.Combine(_output, "report", "report.html")));

        // Nothing is left to compute, and other settings must not be mixed in.
        Assert.Contains("16 of 16 cells are already finished", SampleProgram.Run("CrossModality", Arguments));
        Exception refused = Assert.ThrowsAny<Exception>(
            () => SampleProgram.Run("CrossModality", [.. Arguments, "--seed", "9"]));
        Assert.Contains("seed was 1 and is 9", refused.Message);
    }

    // One domain: zero-shot, blank, larger and two ways of scoring options, then for SFT and GRPO a cell and a control: 9.
    [Fact]
    public void A_larger_checkpoint_is_part_of_the_comparison_and_options_are_scored()
    {
        string larger = Path.Combine(_output, "larger");
        using (Qwen2VLPolicy shipped = Qwen2VLPolicy.Load(Base))
        {
            Qwen2VLConfiguration configuration = shipped.Configuration with
            {
                Text = shipped.Configuration.Text with { LayerCount = shipped.Configuration.Text.LayerCount + 2 },
            };
            using Qwen2VLPolicy deeper = Qwen2VLPolicy.CreateRandom(configuration, shipped.Processor, seed: 7);
            Assert.True(deeper.Parameters.Count > shipped.Parameters.Count);
            deeper.Save(larger);
        }

        string run = Path.Combine(_output, "run");
        string[] without = ["--steps", "1", "--test-limit", "3", "--domains", "CT", "--score-options", "--output", run, "--no-larger"];
        string[] arguments = [.. without.SkipLast(1), "--larger", larger];
        Assert.Contains("[8/8]", SampleProgram.Run("CrossModality", without));
        Assert.Contains("There was no larger model", File.ReadAllText(Path.Combine(run, "report", "report.md")));

        // It may be added to a run without recomputing anything else.
        string console = SampleProgram.Run("CrossModality", arguments);
        Assert.Contains("8 of 9 cells are already finished", console);
        Assert.Contains("larger model, zero-shot on CT", console);
        Assert.DoesNotContain("GRPO on CT", console);
        Assert.Contains("9 of 9 cells are already finished", SampleProgram.Run("CrossModality", arguments));
        Assert.Contains("left", console);
        JsonElement root = Report(run);
        JsonElement[] others = [.. root.GetProperty("transfers")[0].GetProperty("others").EnumerateArray()];
        JsonElement row = others.Single(other => other.GetProperty("name").GetString() == "larger model, zero-shot");
        JsonElement zeroShot = root.GetProperty("transfers")[0].GetProperty("zeroShot");
        Assert.Equal("larger", row.GetProperty("origin").GetProperty("model").GetString());
        Assert.NotEqual(
            zeroShot.GetProperty("origin").GetProperty("modelHash").GetString(),
            row.GetProperty("origin").GetProperty("modelHash").GetString());
        Assert.Equal(
            zeroShot.GetProperty("origin").GetProperty("dataHash").GetString(),
            row.GetProperty("origin").GetProperty("dataHash").GetString());
        Assert.Equal(2, root.GetProperty("calibrations").GetArrayLength());
        Assert.DoesNotContain("no larger model", File.ReadAllText(Path.Combine(run, "report", "report.md")));
        Assert.Contains("| larger model, zero-shot |", File.ReadAllText(Path.Combine(run, "report", "report.md")));

        // A different larger model is a different run, and so is none.
        string[] another = [.. arguments.Select(argument => argument == larger ? Base : argument)];
        Exception refused = Assert.ThrowsAny<Exception>(() => SampleProgram.Run("CrossModality", another));
        Assert.Contains("larger model was", refused.Message);
        refused = Assert.ThrowsAny<Exception>(() => SampleProgram.Run("CrossModality", without));
        Assert.Contains("and is none", refused.Message);
    }

    // Two domains: zero-shot and blank 2 each, and for SFT and GRPO two rows of two cells and a control.
    [Fact]
    public void Phantoms_replace_missing_modalities_and_are_labelled_as_such()
    {
        string[] arguments =
        [
            "--steps", "1", "--test-limit", "4", "--only", "modality", "--domains", "CT", "OCT (synthetic)", "--no-larger",
            "--output", _output,
        ];
        string console = SampleProgram.Run("CrossModality", arguments);
        Assert.Contains("over the domains with real images", console);
        JsonElement modality = Report(_output).GetProperty("transfers")[0];
        Assert.Equal(["CT(Computed Tomography)", "OCT (synthetic)"], Strings(modality.GetProperty("domains")));
        Assert.Equal(["OCT (synthetic)"], Strings(modality.GetProperty("syntheticDomains")));

        // The only real domain gives the mean, so no cell off the diagonal counts.
        JsonElement zeroShot = modality.GetProperty("zeroShot");
        Assert.Equal(
            zeroShot.GetProperty("byTest").GetProperty("CT(Computed Tomography)").GetProperty("accuracy").GetDouble(),
            zeroShot.GetProperty("mean").GetDouble());
        Assert.All(modality.GetProperty("methods").EnumerateArray(), method =>
        {
            Assert.Equal(4, method.GetProperty("cells").GetArrayLength());
            Assert.Equal(JsonValueKind.Null, method.GetProperty("means").GetProperty("offDiagonal").ValueKind);
        });
        string report = File.ReadAllText(Path.Combine(_output, "report", "report.md"));
        Assert.Contains("OCT (synthetic) are not medical images", report);
        Assert.Contains("Means with the synthetic domains, by modality", report);

        string missing = Assert.ThrowsAny<Exception>(
            () => SampleProgram.Run("CrossModality", [.. arguments, "--no-phantoms"])).Message;
        Assert.Contains("no domain 'OCT (synthetic)'", missing);
    }

    // One domain: zero-shot, blank and larger, then for SFT and GRPO a cell and a control.
    [Fact]
    public void The_shipped_larger_model_is_evaluated_by_default()
    {
        string console = SampleProgram.Run(
            "CrossModality", "--steps", "1", "--test-limit", "2", "--domains", "CT", "--output", _output);
        Assert.Contains("[7/7]", console);
        JsonElement row = Report(_output).GetProperty("transfers")[0].GetProperty("others").EnumerateArray()
            .Single(other => other.GetProperty("name").GetString() == "larger model, zero-shot");
        Assert.Equal("larger", row.GetProperty("origin").GetProperty("model").GetString());

        // 3.2 million weights of two bytes each, twice the number of the base; computed in four.
        string folder = Path.Combine(SampleProgram.Root, "samples", "CrossModality", "larger");
        using Qwen2VLPolicy shipped = Qwen2VLPolicy.Load(folder);
        using Qwen2VLPolicy small = Qwen2VLPolicy.Load(Base);
        Assert.Equal(ScalarType.BFloat16, shipped.DataType);
        Assert.InRange((double)Weights(shipped) / Weights(small), 2, 2.1);
        Assert.InRange(new FileInfo(Path.Combine(folder, "model.safetensors")).Length, 2 * Weights(shipped), 7_000_000);

        static long Weights(Qwen2VLPolicy policy) => policy.Parameters.Sum(parameter => parameter.Value.numel());
    }

    [Fact]
    public void An_interrupted_run_stops_and_says_how_to_resume()
    {
        using Process process = Start();
        while (!process.HasExited && Cells().Count < 1)
        {
            Thread.Sleep(20);
        }

        Interrupt(process);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "The run went on for a minute after it was interrupted.");
        Assert.Equal(130, process.ExitCode);
        Assert.InRange(Cells().Count, 1, 15);
        string said = process.StandardError.ReadToEnd();
        Assert.Contains("The same command continues", said);
        Assert.DoesNotContain("   at ", said);
        Assert.Contains("of 16 cells are already finished", SampleProgram.Run("CrossModality", Arguments));
    }

    [Fact]
    public void The_blind_tables_need_no_images_and_equal_those_in_the_readme()
    {
        string console = SampleProgram.Run("CrossModality", "blind");
        Assert.Contains("| CT | 84 | 28 |", console);
        Assert.Contains("| MRI | 755 | 292 |", console);

        // The README of the data: the option prior reaches chance, 50.0 % for CT and ultrasound.
        string[] rows = [.. console.Split('\n').Where(line => line.StartsWith("| CT | 50.0 |", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
    }

    private void KillAfterCells(int count)
    {
        using Process process = Start();
        while (!process.HasExited && Cells().Count < count)
        {
            Thread.Sleep(20);
        }

        process.Kill();
        process.WaitForExit();
    }

    // What a terminal sends for Ctrl+C.
    // Not SIGINT, which background jobs of a shell and their children ignore; the program handles both alike.
    private static void Interrupt(Process process)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static JsonElement Report(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "report", "report.json"))).RootElement;

    private static IEnumerable<string?> Strings(JsonElement list) => list.EnumerateArray().Select(one => one.GetString());

    private Process Start()
    {
        string program = Path.Combine(
            SampleProgram.Root, "samples", "CrossModality", "bin", SampleProgram.Configuration, "net10.0",
            "CrossModality.dll");
        Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. Arguments])
        {
            WorkingDirectory = SampleProgram.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private Dictionary<string, string> Cells()
    {
        string folder = Path.Combine(_output, "cells");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
                .ToDictionary(file => file, file => $"{File.GetLastWriteTimeUtc(file):O}")
            : [];
    }
}
