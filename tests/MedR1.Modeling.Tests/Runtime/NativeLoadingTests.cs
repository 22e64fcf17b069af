using System.Text;

namespace MedR1.Modeling.Tests.Runtime;

/// <summary>Every way to start, each in a separate process.</summary>
public sealed class NativeLoadingTests : IDisposable
{
    private readonly Probe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Fact]
    public void Loads_from_the_package_folder_and_patches_it_on_an_old_system()
    {
        (int code, string output) = _probe.Run(["explicit"], Probe.Packages);

        AssertComputed(code, output);
        string folder = $"2.10 (CPU) in {Probe.Libtorch} (found by: NuGetPackageFolder)";
        Assert.Contains(folder, output, StringComparison.Ordinal);
        string expected = SystemHas("GLIBCXX_3.4.32") ? "(Direct)" : "(Patched), made optional: GLIBCXX_3.4.32";
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Patches_a_requirement_that_no_system_meets()
    {
        string binding = CopyOfBinding("GLIBCXX_3.4.32", "GLIBCXX_3.4.99");

        (int code, string output) = _probe.Run(["explicit", "-", binding], Probe.Packages);

        AssertComputed(code, output);
        Assert.Contains($"{binding} (Patched), made optional: GLIBCXX_3.4.99", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_the_original_file_on_a_new_system()
    {
        // A requirement that every system with .NET 10 meets simulates a system that is new enough.
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
    public void Uses_the_folder_of_the_environment_variable(string mode)
    {
        string root = Path.GetDirectoryName(_probe.LinkLibtorch("lib", "libc10.so", "libtorch_cpu.so", "libtorch.so"))!;

        (int code, string output) = _probe.Run([mode], variable: root);

        AssertComputed(code, output);
        Assert.Contains($"in {root}/lib (found by: EnvironmentVariable)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Prefers_the_option_to_the_environment_variable()
    {
        (int code, string output) = _probe.Run(["explicit", Probe.Libtorch], variable: "/nowhere");

        AssertComputed(code, output);
        Assert.Contains("found by: Option", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Uses_libtorch_from_the_application_folder()
    {
        string application = _probe.CopyApplication();
        _probe.LinkLibtorch("application", "libc10.so", "libtorch_cpu.so", "libtorch.so");

        (int code, string output) = _probe.Run(["hook"]);
        AssertComputed(code, output);

        (code, output) = _probe.Run(["explicit"]);
        AssertComputed(code, output);
        Assert.Contains($"in {application} (found by: ApplicationFolder)", output, StringComparison.Ordinal);
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

    /// <summary>Creates a copy that requires a different version name of the same length.</summary>
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
