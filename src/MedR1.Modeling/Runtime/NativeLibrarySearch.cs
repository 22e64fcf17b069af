using System.Reflection;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// Finds libtorch and TorchSharp's own native library on disk, and records every location tried.
/// </summary>
internal sealed class NativeLibrarySearch
{
    private const string Found = "found";
    private const string CpuPackageVersion = "2.10.0";
    private readonly List<string> _attempts = [];

    /// <summary>The locations tried so far, in order.</summary>
    public IReadOnlyList<string> Attempts => _attempts;

    /// <summary>
    /// The folders that .NET itself probes for TorchSharp's native libraries.
    /// </summary>
    public static IEnumerable<string> ProbedFolders()
    {
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(TorchSharpAssemblyFolder())
            .OfType<string>()
            .Select(Path.GetFullPath)
            .Select(Path.TrimEndingDirectorySeparator)
            .Distinct();
    }

    /// <summary>Finds the folder of libtorch.</summary>
    /// <param name="options">The application's options.</param>
    /// <exception cref="TorchRuntimeException">No folder is found, or the requested folder does not exist.</exception>
    public LibtorchFolder FindLibtorch(TorchRuntimeOptions options)
    {
        if (!string.IsNullOrEmpty(options.LibtorchFolder))
        {
            return Given(options.LibtorchFolder, TorchLibrarySource.Option, nameof(TorchRuntimeOptions.LibtorchFolder));
        }

        string? fromEnvironment = Environment.GetEnvironmentVariable(TorchRuntime.EnvironmentVariable);
        if (!string.IsNullOrEmpty(fromEnvironment))
        {
            return Given(fromEnvironment, TorchLibrarySource.EnvironmentVariable, TorchRuntime.EnvironmentVariable);
        }

        _attempts.Add($"option {nameof(TorchRuntimeOptions)}.{nameof(TorchRuntimeOptions.LibtorchFolder)}: not given");
        _attempts.Add($"environment variable {TorchRuntime.EnvironmentVariable}: not set");
        string name = NativeLibraryNames.FileName("torch_cpu");
        foreach (string folder in ApplicationFolders())
        {
            if (Exists(Path.Combine(folder, name), "application folder"))
            {
                return new LibtorchFolder(folder, TorchLibrarySource.ApplicationFolder);
            }
        }

        foreach (string packages in PackageFolders())
        {
            string folder = Path.Combine(packages, CpuPackage, CpuPackageVersion, NativeFolderOfPackage);
            if (Exists(Path.Combine(folder, name), "NuGet package folder"))
            {
                return new LibtorchFolder(folder, TorchLibrarySource.NuGetPackageFolder);
            }
        }

        throw new TorchRuntimeException(
            name, "libtorch was not found in any of the places searched.", _attempts, Remedy);
    }

    /// <summary>Finds TorchSharp's own native library.</summary>
    /// <param name="options">The application's options.</param>
    /// <exception cref="TorchRuntimeException">No library is found, or the requested file does not exist.</exception>
    public string FindBinding(TorchRuntimeOptions options)
    {
        string name = NativeLibraryNames.FileName(NativeLibraryNames.Binding);
        if (!string.IsNullOrEmpty(options.BindingLibrary))
        {
            string path = Path.GetFullPath(options.BindingLibrary);
            return Exists(path, $"option {nameof(TorchRuntimeOptions.BindingLibrary)}")
                ? path
                : throw new TorchRuntimeException(
                    path,
                    "the file does not exist.",
                    _attempts,
                    $"Correct {nameof(TorchRuntimeOptions)}.{nameof(TorchRuntimeOptions.BindingLibrary)}, "
                    + "or leave it out.");
        }

        foreach (string folder in ApplicationFolders())
        {
            if (Exists(Path.Combine(folder, name), "application folder"))
            {
                return Path.Combine(folder, name);
            }
        }

        foreach (string packages in PackageFolders())
        {
            string path = Path.Combine(packages, "torchsharp", TorchSharpVersion(), NativeFolderOfPackage, name);
            if (Exists(path, "NuGet package folder"))
            {
                return path;
            }
        }

        throw new TorchRuntimeException(
            name,
            "TorchSharp's native library was not found.",
            _attempts,
            "Publish the application with the package TorchSharp "
            + $"{TorchSharpVersion()} for {NativeLibraryNames.RuntimeIdentifier}, "
            + $"or set {nameof(TorchRuntimeOptions)}.{nameof(TorchRuntimeOptions.BindingLibrary)}.");
    }

    /// <summary>What to do when there is no usable libtorch.</summary>
    public static string Remedy =>
        $"Add the package {CpuPackage} {CpuPackageVersion} to the application "
        + $"('dotnet add package {CpuPackage} --version {CpuPackageVersion}'), or download libtorch "
        + $"{LibtorchVersionReader.Required} (CPU or CUDA) from pytorch.org and set {TorchRuntime.EnvironmentVariable} "
        + "to its lib folder. See docs/native-runtime.md.";

    private static string CpuPackage => $"libtorch-cpu-{NativeLibraryNames.RuntimeIdentifier}";

    private static string NativeFolderOfPackage =>
        Path.Combine("runtimes", NativeLibraryNames.RuntimeIdentifier, "native");

    private static IEnumerable<string> ApplicationFolders() =>
        ProbedFolders().Append(Path.Combine(AppContext.BaseDirectory, NativeFolderOfPackage)).Distinct();

    private static IEnumerable<string> PackageFolders()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string probed = AppContext.GetData("PROBING_DIRECTORIES") as string ?? "";
        return probed.Split(Path.PathSeparator)
            .Prepend(home.Length == 0 ? "" : Path.Combine(home, ".nuget", "packages"))
            .Prepend(Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? "")
            .Append(PackageFolderOfTorchSharpAssembly() ?? "")
            .Where(folder => folder.Length > 0)
            .Distinct();
    }

    /// <summary>
    /// In notebooks and scripts, the assembly is loaded from <c>packages/torchsharp/VERSION/lib/net8.0</c>.
    /// </summary>
    private static string? PackageFolderOfTorchSharpAssembly()
    {
        DirectoryInfo? package = TorchSharpAssemblyFolder() is { } folder
            ? new DirectoryInfo(folder).Parent?.Parent?.Parent
            : null;
        return package?.Name == "torchsharp" ? package.Parent?.FullName : null;
    }

    private static string? TorchSharpAssemblyFolder()
    {
        // Empty in a single-file application, where the base directory is the right place.
#pragma warning disable IL3000
        string location = typeof(torch).Assembly.Location;
#pragma warning restore IL3000
        return location.Length == 0 ? null : Path.GetDirectoryName(location);
    }

    private static string TorchSharpVersion()
    {
        Assembly assembly = typeof(torch).Assembly;
        string? informational =
            assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return (informational ?? assembly.GetName().Version!.ToString(3)).Split('+')[0];
    }

    private LibtorchFolder Given(string folder, TorchLibrarySource source, string name)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string library = NativeLibraryNames.FileName("torch_cpu");
        foreach (string candidate in (string[])[full, Path.Combine(full, "lib")])
        {
            if (Exists(Path.Combine(candidate, library), name))
            {
                return new LibtorchFolder(candidate, source);
            }
        }

        throw new TorchRuntimeException(
            library,
            $"{name} is '{folder}', but there is no {library} in that folder or its lib folder.",
            _attempts,
            $"Set {name} to the folder of {library} of libtorch {LibtorchVersionReader.Required}, or leave it out. "
            + "See docs/native-runtime.md.");
    }

    private bool Exists(string path, string rule)
    {
        string state = StateOf(path);
        _attempts.Add($"{rule}: {path}: {state}");
        return state == Found;
    }

    // Where access is denied, such as in another user's package folder, File.Exists only says that there is no file.
    private static string StateOf(string path)
    {
        if (File.Exists(path))
        {
            return Found;
        }

        try
        {
            File.GetAttributes(path);
        }
        catch (UnauthorizedAccessException)
        {
            return "access denied";
        }
        catch (IOException)
        {
        }

        return "not found";
    }
}
