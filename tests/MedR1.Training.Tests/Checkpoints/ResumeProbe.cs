using System.Diagnostics;

namespace MedR1.Training.Tests;

/// <summary>Runs the resume probe, a training run in a separate process that may be killed.</summary>
internal static class ResumeProbe
{
    private const string Program = "MedR1.Training.ResumeProbe.dll";

    /// <summary>Runs to the end.</summary>
    /// <returns>The digest of the weights.</returns>
    public static async Task<string> FinishAsync(string folder, string[] options)
    {
        using Process process = Start(folder, options);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"The probe gave {process.ExitCode}:\n{output}\n{await errors}");
        return output.Split('\n').Single(line => line.StartsWith("weights ", StringComparison.Ordinal)).Trim();
    }

    /// <summary>Kills the process without warning after a time from its start.</summary>
    /// <returns>Whether it was still running.</returns>
    public static async Task<bool> KillAsync(string folder, string[] options, TimeSpan after)
    {
        using Process process = Start(folder, options);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? ready = await process.StandardOutput.ReadLineAsync();
        if (ready != "ready")
        {
            Assert.Fail($"The probe did not start: {ready}\n{await errors}");
        }

        await Task.Delay(after);
        bool wasRunning = !process.HasExited;

        // SIGKILL on Unix, TerminateProcess on Windows: no code of the process runs after it.
        process.Kill();
        await process.WaitForExitAsync();
        return wasRunning && process.ExitCode != 0;
    }

    private static Process Start(string folder, string[] options)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), folder, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // One thread each: with other tests running, waiting threads of libtorch would use up the processor.
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
