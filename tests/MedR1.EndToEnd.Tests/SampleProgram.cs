using System.Diagnostics;

namespace MedR1.EndToEnd.Tests;

/// <summary>Runs a sample like a user: the built program, in a folder of the checkout.</summary>
internal static class SampleProgram
{
    /// <summary>The exit code of a sample with invalid arguments.</summary>
    public const int Mistaken = 2;

    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public static string Run(string sample, params IEnumerable<string> arguments)
    {
        SampleResult result = Try(sample, arguments);
        Assert.True(result.ExitCode == 0, $"{sample} gave {result.ExitCode}:\n{result.Output}\n{result.Errors}");
        return result.Output;
    }

    /// <summary>Runs a sample that must end with a message, without stack trace or progress; returns the message.</summary>
    public static string Fail(int exitCode, string said, string sample, params IEnumerable<string> arguments)
    {
        SampleResult result = Try(sample, arguments);
        Assert.Contains(said, result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
        Assert.DoesNotContain("Loading", result.Errors);
        Assert.Equal(exitCode, result.ExitCode);
        return result.Errors;
    }

    private static SampleResult Try(string sample, params IEnumerable<string> arguments)
    {
        string program = Path.Combine(Root, "samples", sample, "bin", Configuration, "net10.0", $"{sample}.dll");
        ProcessStartInfo start = new("dotnet", [program, .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new SampleResult(process.ExitCode, output, errors.Result);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MedR1.Core.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No MedR1.Core.sln above '{AppContext.BaseDirectory}'.");
    }
}
