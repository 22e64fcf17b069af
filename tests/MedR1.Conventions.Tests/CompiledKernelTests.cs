using System.Security.Cryptography;
using System.Text;

namespace MedR1.Conventions.Tests;

/// <summary>The repository keeps kernels compiled; each says of which source it was made.</summary>
public class CompiledKernelTests
{
    [Fact]
    public void The_kernels_for_a_gpu_are_of_their_sources()
    {
        string folder = Repository.Path("src", "MedR1.Modeling", "Devices", "Kernels");
        IEnumerable<string> sources = Directory.GetFiles(folder, "*.cu").Order(StringComparer.Ordinal)
            .Concat(Directory.GetFiles(folder, "*.cuh").Order(StringComparer.Ordinal));
        byte[] all = [.. sources.SelectMany(File.ReadAllBytes)];
        string expected = $"// From *.cu and *.cuh, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(all))}";
        string[] compiled = Directory.GetFiles(folder, "*.ptx");
        Assert.Equal(3, compiled.Length);
        Assert.All(compiled, file => Assert.True(
            File.ReadLines(file).First() == expected,
            $"{file} is of other sources: run scripts/build-cuda-kernels.sh, which checks them and compiles them anew."));
    }

    [Fact]
    public void The_kernels_for_a_cpu_are_of_their_source()
    {
        string folder = Repository.Path("src", "MedR1.Modeling", "Kernels", "Native");
        string name = $"medr1-kernels-{HashOf(Path.Combine(folder, "brain_float_product.c"))}";
        byte[] compiled = File.ReadAllBytes(Path.Combine(folder, "brain_float_product.linux-x64.so"));
        Assert.True(
            compiled.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) >= 0,
            "brain_float_product.c has changed: run scripts/build-cpu-kernels.sh, which compiles it anew.");
    }

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
