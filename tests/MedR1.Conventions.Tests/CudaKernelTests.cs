using System.Security.Cryptography;

namespace MedR1.Conventions.Tests;

public class CudaKernelTests
{
    [Fact]
    public void The_compiled_kernels_are_of_the_source()
    {
        string folder = Repository.Path("src", "MedR1.Modeling", "Devices", "Kernels");
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "decoding.cu"))));
        string compiled = File.ReadLines(Path.Combine(folder, "decoding.ptx")).First();
        Assert.True(
            compiled == $"// From decoding.cu, SHA-256 {hash}",
            "decoding.cu has changed: run scripts/build-cuda-kernels.sh, which checks it and makes decoding.ptx anew.");
    }
}
