using System.Security.Cryptography;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>A digest of a policy's weights, to tell whether two runs start from the same ones.</summary>
internal static class WeightDigest
{
    private const int SampledElements = 4096;

    /// <summary>SHA-256 over the beginning of every parameter; one optimizer step changes it.</summary>
    public static string Of(IVisionLanguagePolicy policy)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, Tensor parameter) in policy.Parameters.Select(pair => (pair.Key, (Tensor)pair.Value)))
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor flat = parameter.detach().reshape(-1);
            Tensor start = flat.narrow(0, 0, Math.Min(SampledElements, flat.numel()))
                .to(ScalarType.Float32).cpu().contiguous();
            hash.AppendData(start.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
