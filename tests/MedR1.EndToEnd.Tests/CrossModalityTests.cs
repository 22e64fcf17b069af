using System.Diagnostics;
using System.Text.Json;

namespace MedR1.EndToEnd.Tests;

/// <summary>Runs the cross-domain protocol on two modalities of the shipped data, with a step for each training.</summary>
public sealed class CrossModalityTests : IDisposable
{
    private readonly string _output = Directory.CreateTempSubdirectory("medr1-protocol-").FullName;

    private string[] Arguments => ["--steps", "1", "--test-limit", "3", "--domains", "CT", "ultrasound", "--output", _output];

    public void Dispose() => Directory.Delete(_output, recursive: true);

    // Two domains: zero-shot and blank 2 each, and for SFT and GRPO two rows of two cells and a control: 16.
    [Fact]
    public void A_run_that_was_killed_goes_on_and_keeps_its_finished_cells()
    {
        KillAfterCells(3);
        Dictionary<string, string> before = Cells();
        Assert.InRange(before.Count, 3, 15);

        string console = SampleProgram.Run("CrossModality", Arguments);
        Assert.Contains($"{before.Count} of 16 cells are finished already", console);
        Dictionary<string, string> after = Cells();
        Assert.Equal(16, after.Count);
        Assert.All(before, cell => Assert.Equal(cell.Value, after[cell.Key]));

        JsonElement modality = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_output, "report", "report.json"))).RootElement
            .GetProperty("transfers")[0];
        Assert.Equal(["SFT", "GRPO"], modality.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("name").GetString()));
        Assert.All(modality.GetProperty("methods").EnumerateArray(), method => Assert.Equal(4, method.GetProperty("cells").GetArrayLength()));
        Assert.Equal(
            ["Dermoscopy", "OCT (Optical Coherence Tomography"], modality.GetProperty("missingDomains").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("no questions for Dermoscopy, OCT", File.ReadAllText(Path.Combine(_output, "report", "report.html")));

        // Nothing is left to compute, and other settings must not be mixed in.
        Assert.Contains("16 of 16 cells are finished already", SampleProgram.Run("CrossModality", Arguments));
        Exception refused = Assert.ThrowsAny<Exception>(() => SampleProgram.Run("CrossModality", [.. Arguments, "--seed", "9"]));
        Assert.Contains("seed was 1 and is 9", refused.Message);
    }

    [Fact]
    public void The_blind_tables_need_no_pictures_and_equal_the_datas_readme()
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
        string program = Path.Combine(
            SampleProgram.Root, "samples", "CrossModality", "bin", SampleProgram.Configuration, "net10.0", "CrossModality.dll");
        ProcessStartInfo start = new("dotnet", [program, .. Arguments]) { WorkingDirectory = SampleProgram.Root, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (!process.HasExited && Cells().Count < count)
        {
            Thread.Sleep(20);
        }

        process.Kill();
        process.WaitForExit();
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
