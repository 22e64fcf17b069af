using System.Security.Cryptography;
using System.Text;

namespace MedR1.Conventions.Tests;

/// <summary>The repository contains compiled kernels; each states the hash of its source.</summary>
public class CompiledKernelTests
{
    [Fact]
    public void The_kernels_for_a_gpu_match_their_sources()
    {
        string folder = Repository.Path("src", "MedR1.Modeling", "Devices", "Kernels");
        string expected = $"// From *.cu and *.cuh, SHA-256 {HashOf(folder, "*.cu", "*.cuh")}";
        string[] compiled = Directory.GetFiles(folder, "*.ptx");
        Assert.Equal(3, compiled.Length);
        Assert.All(compiled, file => Assert.True(
            File.ReadLines(file).First() == expected,
            $"{file} is of other sources: run scripts/build-cuda-kernels.sh, which checks them and compiles them anew."));
    }

    [Fact]
    public void The_kernels_for_a_cpu_match_their_sources()
    {
        string folder = Repository.Path("src", "MedR1.Modeling", "Kernels", "Native");
        string name = $"medr1-kernels-{HashOf(folder, "*.c", "*.h")}";
        byte[] compiled = File.ReadAllBytes(Path.Combine(folder, "brain_float_product.linux-x64.so"));
        Assert.True(
            compiled.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) >= 0,
            "A source has changed: run scripts/build-cpu-kernels.sh, which compiles them anew.");
    }

    private static string HashOf(string folder, params string[] patterns) => Convert.ToHexStringLower(SHA256.HashData(
        [.. patterns.SelectMany(pattern => Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal))
            .SelectMany(File.ReadAllBytes)]));
}
