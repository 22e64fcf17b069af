using System.Security.Cryptography;
using System.Text;

namespace MedR1.Conventions.Tests;

/// <summary>The repository keeps kernels compiled; each says of which source it was made.</summary>
public class CompiledKernelTests
{
    [Fact]
    public void The_kernels_for_a_gpu_are_of_their_source()
    {
        string folder = Repository.Path("src", "MedR1.Modeling", "Devices", "Kernels");
        string compiled = File.ReadLines(Path.Combine(folder, "decoding.ptx")).First();
        Assert.True(
            compiled == $"// From decoding.cu, SHA-256 {HashOf(Path.Combine(folder, "decoding.cu"))}",
            "decoding.cu has changed: run scripts/build-cuda-kernels.sh, which checks it and makes decoding.ptx anew.");
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
