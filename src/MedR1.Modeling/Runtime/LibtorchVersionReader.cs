using System.Buffers.Binary;

namespace MedR1.Modeling;

/// <summary>
/// Reads the version of libtorch from its files, so that an unsupported version is rejected before it is loaded.
/// </summary>
internal static class LibtorchVersionReader
{
    /// <summary>The version that TorchSharp 0.107 is built against.</summary>
    public static readonly Version Required = new(2, 10);

    private const string VersionFunction = "aoti_torch_abi_version";

    /// <summary>Returns the version that the application's binding was built against.</summary>
    /// <param name="options">The application's options.</param>
    /// <param name="attempts">Earlier attempts, for the exception message.</param>
    /// <exception cref="TorchRuntimeException">The environment variable is not a version.</exception>
    public static Version RequiredBy(TorchRuntimeOptions options, IReadOnlyList<string> attempts)
    {
        string? variable = Environment.GetEnvironmentVariable(TorchRuntime.VersionEnvironmentVariable);
        if (options.LibtorchVersion is not null || string.IsNullOrEmpty(variable))
        {
            Version asked = options.LibtorchVersion ?? Required;
            return new Version(asked.Major, asked.Minor);
        }

        return Version.TryParse(variable, out Version? version)
            ? new Version(version.Major, version.Minor)
            : throw new TorchRuntimeException(
                NativeLibraryNames.FileName(NativeLibraryNames.Binding),
                $"{TorchRuntime.VersionEnvironmentVariable} is '{variable}', which is not a version.",
                attempts,
                "Set it to the major and minor version of the libtorch that the library was built for, for example "
                + $"{Required}, or unset it. See docs/native-runtime.md.");
    }

    /// <summary>Reads the major and minor version.</summary>
    /// <param name="library">Path of <c>libtorch_cpu.so</c>.</param>
    /// <returns>The version, or <see langword="null"/> if it cannot be determined.</returns>
    /// <exception cref="InvalidDataException">The file is not an ELF library for x86-64, or is damaged.</exception>
    public static Version? Read(string library)
    {
        using ElfFile elf = new(library);
        return FromVersionFunction(elf) ?? FromBuildVersionFile(Path.GetDirectoryName(library)!);
    }

    /// <summary>
    /// Reads the constant that the function returns, with major, minor and patch number in its three highest bytes. The
    /// code of the function is <c>endbr64</c> (optional), <c>mov rax, constant</c>, <c>ret</c>.
    /// </summary>
    private static Version? FromVersionFunction(ElfFile elf)
    {
        ReadOnlySpan<byte> code = elf.FunctionBytes(VersionFunction, 15);
        ReadOnlySpan<byte> endBranch = [0xf3, 0x0f, 0x1e, 0xfa];
        if (code.StartsWith(endBranch))
        {
            code = code[endBranch.Length..];
        }

        ReadOnlySpan<byte> loadConstant = [0x48, 0xb8];
        const byte Return = 0xc3;
        if (code.Length < 11 || !code.StartsWith(loadConstant) || code[10] != Return)
        {
            return null;
        }

        ulong version = BinaryPrimitives.ReadUInt64LittleEndian(code[2..]);
        return new Version((int)(version >> 56), (int)((version >> 48) & 0xff));
    }

    /// <summary>
    /// Reads <c>build-version</c>, which libtorch's zip file from pytorch.org contains next to its <c>lib</c> folder.
    /// </summary>
    private static Version? FromBuildVersionFile(string folder)
    {
        string file = Path.Combine(folder, "..", "build-version");
        if (!File.Exists(file))
        {
            return null;
        }

        string number = File.ReadLines(file).FirstOrDefault("").Split('+')[0].Trim();
        return Version.TryParse(number, out Version? version) ? new Version(version.Major, version.Minor) : null;
    }
}
