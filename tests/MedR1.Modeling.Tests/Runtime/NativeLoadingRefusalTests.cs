using System.Text;

namespace MedR1.Modeling.Tests.Runtime;

/// <summary>Every way in which the start can fail, each in a separate process.</summary>
public sealed class NativeLoadingRefusalTests : IDisposable
{
    private readonly Probe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Theory]
    [InlineData("explicit")]
    [InlineData("hook")]
    public void Says_what_is_missing_without_libtorch(string mode)
    {
        (int code, string output) = _probe.Run([mode]);

        Assert.Equal(3, code);
        Assert.Contains("libtorch_cpu.so: libtorch was not found", output, StringComparison.Ordinal);
        Assert.Contains("MEDR1_LIBTORCH: not set", output, StringComparison.Ordinal);
        Assert.Contains($"{_probe.Home}/no-packages/libtorch-cpu-linux-x64/2.10.0", output, StringComparison.Ordinal);
        Assert.Contains($"{_probe.Home}/.nuget/packages/libtorch-cpu-linux-x64", output, StringComparison.Ordinal);
        Assert.Contains("dotnet add package libtorch-cpu-linux-x64", output, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Refuses_a_missing_folder_and_lets_TorchSharp_copy_nothing()
    {
        (int code, string output) = _probe.Run(["hook"], Probe.Packages, variable: "/nowhere");

        Assert.Equal(3, code);
        Assert.Contains("MEDR1_LIBTORCH is '/nowhere'", output, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData("explicit")]
    [InlineData("hook")]
    public void Refuses_a_different_version_of_libtorch_before_loading_it(string mode)
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 9));

        (int code, string output) = _probe.Run([mode], Probe.Packages, variable: folder);

        Assert.Equal(3, code);
        Assert.Contains("is libtorch 2.9, but TorchSharp needs 2.10", output, StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void Accepts_a_different_version_for_which_the_binding_was_built()
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 11));
        File.WriteAllText(Path.Combine(folder, "libc10.so"), "not a library");
        File.WriteAllText(Path.Combine(folder, "libtorch.so"), "not a library");

        (int code, string output) = _probe.Run(["explicit", folder], version: "2.11.0");

        // It gets as far as loading the file, which isn't a library.
        Assert.Equal(3, code);
        Assert.Contains($"'{folder}/libc10.so' exists, but the loader refuses it", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_the_usual_version_if_the_binding_was_built_for_another()
    {
        (int code, string output) = _probe.Run(["explicit"], Probe.Packages, version: "2.11");

        Assert.Equal(3, code);
        Assert.Contains("is libtorch 2.10, but TorchSharp needs 2.11", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_invalid_version()
    {
        (int code, string output) = _probe.Run(["explicit"], Probe.Packages, version: "new");

        Assert.Equal(3, code);
        Assert.Contains("MEDR1_LIBTORCH_VERSION is 'new', which is not a version", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_libtorch_without_version_information()
    {
        string folder = FolderWith(FakeLibrary.OfVersion(2, 10, "some_function"));

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("of an unknown, older version", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("This is a picture of a library.", "is not an ELF library: it starts with 54686973")]
    [InlineData("", "is damaged or truncated: it has 0 bytes")]
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
    public void Names_the_missing_file_of_libtorch()
    {
        string folder = _probe.LinkLibtorch("part", "libtorch_cpu.so", "libtorch.so");

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("libc10.so: the folder", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_missing_file_of_a_CUDA_build()
    {
        string folder = _probe.LinkLibtorch("cuda", "libc10.so", "libtorch_cpu.so", "libtorch.so");
        File.WriteAllText(Path.Combine(folder, "libtorch_cuda.so"), "");

        (int code, string output) = _probe.Run(["explicit", folder]);

        Assert.Equal(3, code);
        Assert.Contains("libc10_cuda.so: the folder", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_the_message_of_the_loader_about_a_refused_library()
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
        // Without a package folder in the environment, so that TorchSharp finds nothing to copy; then the option sets
        // one.
        string application = _probe.CopyApplication();
        (int code, string output) = _probe.Run(["late"], variable: Probe.Libtorch);

        Assert.Equal(3, code);
        Assert.Contains("it was used before MedR1.Modeling could prepare it", output, StringComparison.Ordinal);
        Assert.Contains("[ModuleInitializer]", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(application, "cpu")));
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
}
