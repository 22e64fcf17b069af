using System.Diagnostics;

namespace MedR1.EndToEnd.Tests;

/// <summary>Runs a sample as a user does: the built program, in a folder of the checkout.</summary>
internal static class SampleProgram
{
    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public static string Run(string sample, params IEnumerable<string> arguments)
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
        Assert.True(process.ExitCode == 0, $"{sample} gave {process.ExitCode}:\n{output}\n{errors.Result}");
        return output;
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
