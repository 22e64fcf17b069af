using System.Diagnostics;

namespace MedR1.Modeling.Tests.Runtime;

/// <summary>Runs the probe in a separate process, with an environment without settings for libtorch.</summary>
internal sealed class Probe : IDisposable
{
    private const string Program = "MedR1.Modeling.RuntimeProbe.dll";

    public Probe()
    {
        Folder = Directory.CreateTempSubdirectory("medr1-probe-").FullName;
        Home = Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName;
    }

    /// <summary>The temporary folder of this test.</summary>
    public string Folder { get; }

    /// <summary>The empty home folder of the child.</summary>
    public string Home { get; }

    /// <summary>The folder of the application; that of the tests by default.</summary>
    public string Application { get; set; } = AppContext.BaseDirectory;

    /// <summary>The folder of libtorch used by the tests.</summary>
    public static string Libtorch => TorchRuntime.Report!.LibtorchFolder;

    /// <summary>The NuGet package folder that contains it.</summary>
    public static string Packages => Path.GetFullPath(Path.Combine(Libtorch, "..", "..", "..", "..", ".."));

    /// <summary>TorchSharp's native library, as published.</summary>
    public static string Binding =>
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    /// <summary>Creates a sub-folder of <see cref="Folder"/> with links to libtorch's files.</summary>
    public string LinkLibtorch(string name, params string[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        IEnumerable<string> needed = Directory.GetFiles(Libtorch, "libgomp*").Select(path => Path.GetFileName(path));
        foreach (string file in files.Concat(needed))
        {
            File.CreateSymbolicLink(Path.Combine(folder, file), Path.Combine(Libtorch, file));
        }

        return folder;
    }

    /// <summary>Copies the application to a separate folder.</summary>
    public string CopyApplication()
    {
        Application = Directory.CreateDirectory(Path.Combine(Folder, "application")).FullName;
        string[] files =
        [
            Program,
            Path.ChangeExtension(Program, ".deps.json"),
            Path.ChangeExtension(Program, ".runtimeconfig.json"),
            "MedR1.Modeling.dll",
            "TorchSharp.dll",
            "SkiaSharp.dll",
            "runtimes/linux-x64/native/libLibTorchSharp.so",
        ];
        foreach (string file in files)
        {
            string target = Path.Combine(Application, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), target);
        }

        return Application;
    }

    /// <summary>Runs the probe.</summary>
    /// <returns>The exit code and what it printed.</returns>
    public (int ExitCode, string Output) Run(
        string[] arguments, string? packages = null, string? variable = null, string? version = null,
        params ReadOnlySpan<(string Name, string Value)> more)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Path.Combine(Application, Program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        start.Environment["HOME"] = Home;
        start.Environment["NUGET_PACKAGES"] = packages ?? Path.Combine(Home, "no-packages");
        start.Environment[TorchRuntime.EnvironmentVariable] = variable;
        start.Environment[TorchRuntime.VersionEnvironmentVariable] = version;

        foreach ((string name, string value) in more)
        {
            start.Environment[name] = value;
        }

        // 4 MiB of garbage before the first collection, which otherwise depends on the processor's cache, as does memory then.
        start.Environment["DOTNET_GCgen0size"] = "0x400000";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
