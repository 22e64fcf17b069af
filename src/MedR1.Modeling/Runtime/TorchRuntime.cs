using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// Loads the native libraries of TorchSharp into the process: finds libtorch, checks its version, loads it by absolute path, and
/// loads TorchSharp's own native library, patched in memory if the system's libstdc++ is older than that library requires.
/// Nothing is written to disk. Once an assembly of MedR1 is loaded, this happens automatically at the first use of TorchSharp;
/// call <see cref="Initialize"/> to choose the folder, to see the report, or to get errors early. Thread-safe.
/// </summary>
public static class TorchRuntime
{
    /// <summary>The environment variable that names the folder of an external libtorch.</summary>
    public const string EnvironmentVariable = "MEDR1_LIBTORCH";

    /// <summary>The environment variable with the libtorch version that a custom build of TorchSharp's library was built for.</summary>
    public const string VersionEnvironmentVariable = "MEDR1_LIBTORCH_VERSION";

    private static readonly Lock Gate = new();
    private static volatile State? _state;

    /// <summary>What was loaded, or <see langword="null"/> if nothing has been yet.</summary>
    public static TorchRuntimeReport? Report => _state?.Report;

    /// <summary>Loads the native libraries on the first call; later calls return the same report.</summary>
    /// <param name="options">Where to look; <see langword="null"/> for the defaults.</param>
    /// <returns>What was loaded and from where.</returns>
    /// <exception cref="TorchRuntimeException">
    /// A library is missing, has the wrong version or is rejected by the system; or a libtorch other than the requested one is
    /// already loaded.
    /// </exception>
    public static TorchRuntimeReport Initialize(TorchRuntimeOptions? options = null)
    {
        TorchRuntimeReport report = Load(options ?? new TorchRuntimeOptions()).Report;

        // Outside the lock: TorchSharp's initializer may be waiting for the lock on a different thread.
        try
        {
            RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
        }
        catch (TypeInitializationException exception)
        {
            throw new TorchRuntimeException(
                "TorchSharp",
                "it was used before MedR1.Modeling could prepare it and failed; .NET doesn't initialize a type twice.",
                [report.ToString()],
                "Call TorchRuntime.Initialize() before the first use of TorchSharp, in Main or in a "
                + "[ModuleInitializer] of the application or test assembly. If TorchSharp left a folder 'cpu' next to "
                + "the application, delete it. See docs/native-runtime.md.",
                exception.InnerException ?? exception);
        }

        return report;
    }

    /// <summary>
    /// Ends the helper threads that libtorch keeps for the calling thread; the thread's next operator starts new ones. libtorch
    /// keeps helper threads for every thread that has ever computed; once they outnumber the processors, all of them sleep after
    /// each operator, which slows down small operators. Call this method on a thread that is done computing while another thread
    /// continues; the trainers call it on the thread that starts them. It has no effect unless libtorch uses GCC's OpenMP.
    /// </summary>
    public static void ReleaseThreads() => TorchThreads.Release();

    /// <summary>Loads the native libraries without initializing TorchSharp, which may be the caller.</summary>
    internal static State Load(TorchRuntimeOptions options)
    {
        lock (Gate)
        {
            if (_state is { } loaded)
            {
                RequireSame(options.LibtorchFolder, loaded.Report.LibtorchFolder);
                return loaded;
            }

            if (RuntimeInformation.ProcessArchitecture != Architecture.X64 && OperatingSystem.IsLinux())
            {
                throw new TorchRuntimeException(
                    NativeLibraryNames.FileName(NativeLibraryNames.Binding),
                    $"TorchSharp has no native library for Linux on {RuntimeInformation.ProcessArchitecture}.",
                    [],
                    "Use a machine, container or .NET runtime for x64.");
            }

            SetUpHost(options);
            NativeLibrarySearch search = new();
            LibtorchFolder folder = FindFolder(search, options, out Version? version);
            folder.LoadOrder.ToList().ForEach(path => RequireFile(path, search));
            nint[] handles = [.. folder.LoadOrder.Select(path => LoadLibrary(path, search))];
            LoadedBinding binding = LoadBinding(search, options);
            TorchRuntimeReport report = new(
                folder.Path,
                folder.Source,
                version?.ToString() ?? "unknown",
                folder.HasCuda,
                binding.Path,
                binding.Load,
                binding.WeakenedVersions);
            return _state = new State(report, binding.Handle, handles[1], folder.HasCuda ? handles[3] : 0);
        }
    }

    private static void SetUpHost(TorchRuntimeOptions options)
    {
        if (options.KeepFreedMemory)
        {
            HostAllocator.KeepFreedMemory();
        }

        if (options.UseHugePages)
        {
            HostAllocator.UseHugePages();
        }

        if (options.LimitSpinWait)
        {
            HostThreads.WaitBriefly();
        }
    }

    private static LibtorchFolder FindFolder(
        NativeLibrarySearch search, TorchRuntimeOptions options, out Version? version)
    {
        string? present = LoadedLibraries.Find(NativeLibraryNames.FileName("torch_cpu"));
        if (present is not null)
        {
            string presentFolder = Path.GetDirectoryName(present)!;
            string? variable = Environment.GetEnvironmentVariable(EnvironmentVariable);
            RequireSame(string.IsNullOrEmpty(options.LibtorchFolder) ? variable : options.LibtorchFolder,
                presentFolder);
            version = CheckVersion(present, search, options);
            return new LibtorchFolder(presentFolder, TorchLibrarySource.AlreadyLoaded);
        }

        LibtorchFolder folder = search.FindLibtorch(options);
        version = OperatingSystem.IsLinux() ? CheckVersion(folder.MainLibrary, search, options) : null;
        RequireNoOther(folder, search);
        return folder;
    }

    private static LoadedBinding LoadBinding(NativeLibrarySearch search, TorchRuntimeOptions options)
    {
        string name = NativeLibraryNames.FileName(NativeLibraryNames.Binding);
        return LoadedLibraries.Find(name) is { } present
            ? new LoadedBinding(NativeLibrary.Load(name), present, TorchBindingLoad.AlreadyLoaded, [])
            : BindingLoader.Load(search.FindBinding(options), search.Attempts);
    }

    private static void RequireFile(string path, NativeLibrarySearch search)
    {
        if (!File.Exists(path))
        {
            throw new TorchRuntimeException(
                Path.GetFileName(path),
                $"the folder '{Path.GetDirectoryName(path)}' contains parts of libtorch, but not this library.",
                search.Attempts,
                NativeLibrarySearch.Remedy);
        }
    }

    private static nint LoadLibrary(string path, NativeLibrarySearch search)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchRuntimeException(
                Path.GetFileName(path),
                $"'{path}' exists, but the loader refuses it.",
                search.Attempts,
                "Install what the loader reports as missing. A CUDA build needs NVIDIA's libraries next to it or on the loader's "
                + "path; if the download is damaged, repeat it; if a segment can't be mapped, the folder may be on a disk that is "
                + "mounted noexec. See docs/native-runtime.md.",
                exception);
        }
    }

    private static Version CheckVersion(string library, NativeLibrarySearch search, TorchRuntimeOptions options)
    {
        Version required = LibtorchVersionReader.RequiredBy(options, search.Attempts);
        Version? version;
        try
        {
            version = LibtorchVersionReader.Read(library);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new TorchRuntimeException(
                Path.GetFileName(library),
                $"'{library}' is not a usable library.",
                search.Attempts,
                NativeLibrarySearch.Remedy,
                exception);
        }

        return version == required
            ? version
            : throw new TorchRuntimeException(
                Path.GetFileName(library),
                $"'{library}' is libtorch {version?.ToString() ?? "of an unknown, older version"}, "
                + $"but TorchSharp needs {required}; another version would crash the process.",
                search.Attempts,
                NativeLibrarySearch.Remedy);
    }

    /// <summary>Rejects a second copy of libtorch that .NET would find first: two copies would abort the process.</summary>
    private static void RequireNoOther(LibtorchFolder folder, NativeLibrarySearch search)
    {
        string name = NativeLibraryNames.FileName("torch_cpu");
        foreach (string probed in NativeLibrarySearch.ProbedFolders())
        {
            string other = Path.Combine(probed, name);
            if (File.Exists(other) && RealPath(other) != RealPath(folder.MainLibrary))
            {
                throw new TorchRuntimeException(
                    name,
                    $"two copies: '{folder.MainLibrary}' is requested, but .NET finds '{other}' first, and a process "
                    + "can load only one.",
                    search.Attempts,
                    "Remove the package TorchSharp-cpu, TorchSharp-cuda-* or libtorch-* from the application and build "
                    + "it again, or request no other folder.");
            }
        }
    }

    private static void RequireSame(string? asked, string loadedFolder)
    {
        if (string.IsNullOrEmpty(asked))
        {
            return;
        }

        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(asked));
        string loaded = RealPath(Path.TrimEndingDirectorySeparator(loadedFolder));
        if (RealPath(full) != loaded && RealPath(Path.Combine(full, "lib")) != loaded)
        {
            throw new TorchRuntimeException(
                NativeLibraryNames.FileName("torch_cpu"),
                $"libtorch in '{full}' is requested, but the one in '{loadedFolder}' is already loaded.",
                [],
                $"Call TorchRuntime.Initialize with the option, or set {EnvironmentVariable}, "
                + "before the first use of TorchSharp.");
        }
    }

    private static string RealPath(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        FileSystemInfo? target = info.Exists ? info.ResolveLinkTarget(returnFinalTarget: true) : null;
        return (target ?? info).FullName;
    }

    /// <summary>The loaded libraries.</summary>
    /// <param name="Report">The report for the user.</param>
    /// <param name="Binding">Handle of TorchSharp's own native library.</param>
    /// <param name="TorchCpu">Handle of <c>libtorch_cpu</c>.</param>
    /// <param name="TorchCuda">Handle of <c>libtorch_cuda</c>, or 0.</param>
    internal sealed record State(TorchRuntimeReport Report, nint Binding, nint TorchCpu, nint TorchCuda);
}
