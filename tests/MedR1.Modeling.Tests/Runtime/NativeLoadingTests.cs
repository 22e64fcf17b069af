using System.Text;

namespace MedR1.Modeling.Tests.Runtime;

/// <summary>Each way to start, and to fail to start, in a process of its own.</summary>
public sealed class NativeLoadingTests : IDisposable
{
    private readonly Probe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Fact]
    public void Loads_from_the_package_folder_and_heals_where_the_system_is_old()
    {
        (int code, string output) = _probe.Run(["explicit"], Probe.Packages);

        AssertComputed(code, output);
        string folder = $"2.10 (CPU) in {Probe.Libtorch} (found by: NuGetPackageFolder)";
        Assert.Contains(folder, output, StringComparison.Ordinal);
        string expected = SystemHas("GLIBCXX_3.4.32") ? "(Direct)" : "(Healed), made optional: GLIBCXX_3.4.32";
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Heals_a_need_that_no_system_meets()
    {
        string binding = CopyOfBinding("GLIBCXX_3.4.32", "GLIBCXX_3.4.99");

        (int code, string output) = _probe.Run(["explicit", "-", binding], Probe.Packages);

        AssertComputed(code, output);
        Assert.Contains($"{binding} (Healed), made optional: GLIBCXX_3.4.99", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_the_file_itself_on_a_healthy_system()
    {
        // A need that every system with .NET 10 meets stands for a system that is new enough.
        string binding = CopyOfBinding("GLIBCXX_3.4.32", "GLIBCXX_3.4.21", withHash: true);

        (int code, string output) = _probe.Run(["explicit", "-", binding], Probe.Packages);

        AssertComputed(code, output);
        Assert.Contains($"{binding} (Direct)", output, StringComparison.Ordinal);
        Assert.DoesNotContain("made optional", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Starts_by_itself_when_TorchSharp_is_used_first()
    {
        (int code, string output) = _probe.Run(["hook"], Probe.Packages);

        AssertComputed(code, output);
        Assert.Contains("found by: NuGetPackageFolder", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explicit")]
    [InlineData("hook")]
    public void Takes_the_folder_of_the_environment_variable(string mode)
    {
        string root = Path.GetDirectoryName(_probe.LinkLibtorch("lib", "libc10.so", "libtorch_cpu.so", "libtorch.so"))!;

        (int code, string output) = _probe.Run([mode], variable: root);

        AssertComputed(code, output);
        Assert.Contains($"in {root}/lib (found by: EnvironmentVariable)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_option_before_the_environment_variable()
    {
        (int code, string output) = _probe.Run(["explicit", Probe.Libtorch], variable: "/nowhere");

        AssertComputed(code, output);
        Assert.Contains("found by: Option", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_libtorch_of_the_application_folder()
    {
        string application = _probe.CopyApplication();
        _probe.LinkLibtorch("application", "libc10.so", "libtorch_cpu.so", "libtorch.so");

        (int code, string output) = _probe.Run(["hook"]);
        AssertComputed(code, output);

        (code, output) = _probe.Run(["explicit"]);
        AssertComputed(code, output);
        Assert.Contains($"in {application} (found by: ApplicationFolder)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explicit")]
    [InlineData("hook")]
    public void Says_what_is_missing_without_libtorch(string mode)
    {
        (int code, string output) = _probe.Run([mode]);

        Assert.Equal(3, code);
        Assert.Contains("libtorch_cpu.so: libtorch is not on this machine", output, StringComparison.Ordinal);
        Assert.Contains("MEDR1_LIBTORCH: not set", output, StringComparison.Ordinal);
        Assert.Contains($"{_probe.Home}/no-packages/libtorch-cpu-linux-x64/2.10.0", output, StringComparison.Ordinal);
        Assert.Contains($"{_probe.Home}/.nuget/packages/libtorch-cpu-linux-x64", output, StringComparison.Ordinal);
        Assert.Contains("dotnet add package libtorch-cpu-linux-x64", output, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Says_so_when_the_folder_asked_for_does_not_exist_and_lets_TorchSharp_copy_nothing()
    {
        (int code, string output) = _probe.Run(["hook"], Probe.Packages, variable: "/nowhere");

        Assert.Equal(3, code);
        Assert.Contains("MEDR1_LIBTORCH is '/nowhere'", output, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData("explicit")]
    [InlineData("hook")]
    public void Refuses_libtorch_of_another_version_before_it_is_loaded(string mode)
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 9));

        (int code, string output) = _probe.Run([mode], Probe.Packages, variable: folder);

        Assert.Equal(3, code);
        Assert.Contains("is libtorch 2.9, but TorchSharp needs 2.10", output, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Takes_another_version_for_which_the_binding_was_built()
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 11));
        File.WriteAllText(Path.Combine(folder, "libc10.so"), "not a library");
        File.WriteAllText(Path.Combine(folder, "libtorch.so"), "not a library");

        (int code, string output) = _probe.Run(["explicit", folder], version: "2.11.0");

        // It gets as far as loading the file, which is none.
        Assert.Equal(3, code);
        Assert.Contains($"'{folder}/libc10.so' exists, but the loader refuses it", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_the_usual_version_where_the_binding_was_built_for_another()
    {
        (int code, string output) = _probe.Run(["explicit"], Probe.Packages, version: "2.11");

        Assert.Equal(3, code);
        Assert.Contains("is libtorch 2.10, but TorchSharp needs 2.11", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_version_that_is_none()
    {
        (int code, string output) = _probe.Run(["explicit"], Probe.Packages, version: "new");

        Assert.Equal(3, code);
        Assert.Contains("MEDR1_LIBTORCH_VERSION is 'new', which is no version", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_libtorch_that_does_not_tell_its_version()
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 10, "some_function"));

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("of an unknown, older version", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("This is a picture of a library.", "is not an ELF library: it starts with 54686973")]
    [InlineData("", "is damaged or truncated: it ends at 0 bytes")]
    public void Refuses_a_file_that_is_no_library(string content, string problem)
    {
        string folder = FolderWith(Encoding.ASCII.GetBytes(content.PadRight(content.Length == 0 ? 0 : 100)));

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("libtorch_cpu.so", output, StringComparison.Ordinal);
        Assert.Contains(problem, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_truncated_library()
    {
        byte[] whole = FakeLibrary.OfVersion(2, 10);
        string folder = FolderWith(whole[..(whole.Length / 2)]);

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("is damaged or truncated", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_part_of_libtorch_that_is_missing()
    {
        string folder = _probe.LinkLibtorch("part", "libtorch_cpu.so", "libtorch.so");

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("libc10.so: the folder", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_part_of_a_CUDA_build_that_is_missing()
    {
        string folder = _probe.LinkLibtorch("cuda", "libc10.so", "libtorch_cpu.so", "libtorch.so");
        File.WriteAllText(Path.Combine(folder, "libtorch_cuda.so"), "");

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("libc10_cuda.so: the folder", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_what_the_loader_says_about_a_library_that_it_refuses()
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 10));
        File.WriteAllText(Path.Combine(folder, "libc10.so"), "not a library");
        File.WriteAllText(Path.Combine(folder, "libtorch.so"), "not a library");

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains($"'{folder}/libc10.so' exists, but the loader refuses it", output, StringComparison.Ordinal);
        Assert.Contains("Cause: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_second_copy_of_libtorch_instead_of_aborting()
    {
        string application = _probe.CopyApplication();
        File.WriteAllBytes(Path.Combine(application, "libtorch_cpu.so"), FakeLibrary.OfVersion(2, 10));

        (int code, string output) = _probe.Run(["explicit"], variable: Probe.Libtorch);

        Assert.Equal(3, code);
        Assert.Contains("two copies", output, StringComparison.Ordinal);
        Assert.Contains($"{application}/libtorch_cpu.so", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Explains_that_it_was_called_too_late()
    {
        // Without a package folder in the environment, so that TorchSharp finds nothing to copy; then the option names
        // one.
        string application = _probe.CopyApplication();
        (int code, string output) = _probe.Run(["late"], variable: Probe.Libtorch);

        Assert.Equal(3, code);
        Assert.Contains("it was used before MedR1.Modeling could help it", output, StringComparison.Ordinal);
        Assert.Contains("[ModuleInitializer]", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(application, "cpu")));
    }

    private static void AssertComputed(int code, string output)
    {
        Assert.True(code == 0, output);
        Assert.Contains("sum: 6", output, StringComparison.Ordinal);
    }

    private static bool SystemHas(string version)
    {
        string line = File.ReadLines("/proc/self/maps")
            .First(line => line.Contains("/libstdc++.so", StringComparison.Ordinal));
        byte[] library = File.ReadAllBytes(line[line.IndexOf('/')..]);
        return library.AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + "\0")) >= 0;
    }

    private void AssertNothingWritten()
    {
        Assert.Empty(Directory.GetFileSystemEntries(_probe.Home));
        Assert.False(Directory.Exists(Path.Combine(_probe.Application, "cpu")));
        Assert.Empty(Directory.GetFiles(_probe.Application, "libtorch*", SearchOption.AllDirectories));
    }

    private string FolderWith(byte[] mainLibrary)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_probe.Folder, "libtorch")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "libtorch_cpu.so"), mainLibrary);
        return folder;
    }

    /// <summary>A copy that asks for another version of the same length.</summary>
    private string CopyOfBinding(string from, string to, bool withHash = false)
    {
        byte[] image = File.ReadAllBytes(Probe.Binding);
        Replace(image, Encoding.ASCII.GetBytes(from + "\0"), Encoding.ASCII.GetBytes(to + "\0"));
        if (withHash)
        {
            Replace(image, BitConverter.GetBytes(ElfHash(from)), BitConverter.GetBytes(ElfHash(to)));
        }

        string path = Path.Combine(_probe.Folder, "libLibTorchSharp.so");
        File.WriteAllBytes(path, image);
        return path;
    }

    private static void Replace(byte[] image, byte[] from, byte[] to)
    {
        int at = image.AsSpan().IndexOf(from);
        Assert.True(at >= 0);
        to.CopyTo(image, at);
    }

    /// <summary>The hash of version names (System V ABI, chapter 5).</summary>
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char letter in name)
        {
            hash = (hash << 4) + letter;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }
}
