using System.Diagnostics;

namespace MedR1.Samples.Comparison;

/// <summary>
/// Runs a cell by starting this program again: peak memory is a figure of a whole process, so that each training needs its own.
/// </summary>
internal static class CellProcess
{
    public const string Command = "cell";

    /// <exception cref="InvalidOperationException">The cell failed; it has printed its own message.</exception>
    public static async Task RunAsync(
        ComparisonSettings settings, Method method, int seed, CancellationToken cancellationToken)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        ProcessStartInfo start = new(program)
        {
            ArgumentList = { Command, "--method", method.Name, "--seed", $"{seed}" },
        };
        if (isHost)
        {
            start.ArgumentList.Insert(0, typeof(CellProcess).Assembly.Location);
        }

        foreach (string argument in new[]
        {
            "--data", settings.Data, "--base", settings.Base, "--output", settings.Output, "--steps", $"{settings.Steps}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        if (settings.TestLimit is int limit)
        {
            start.ArgumentList.Add("--test-limit");
            start.ArgumentList.Add($"{limit}");
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' can't be started.");
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{method.Title} with seed {seed} failed (exit code {process.ExitCode}). Finished cells are kept: fix the problem and "
                + "run the same command to continue.");
        }
    }
}
