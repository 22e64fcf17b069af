using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Dropout before A. What a layer drops depends on seed, pass and layer alone, so that a layer that is computed again
/// in the backward pass drops the same.
/// </summary>
internal sealed class LoraDropout(double probability, long seed)
{
    /// <summary>The pass that is under way; null while nothing is dropped.</summary>
    public long? Pass { get; set; }

    /// <summary>Passes so far.</summary>
    public long Passes { get; set; }

    public Tensor Apply(Tensor input, int layer)
    {
        if (Pass is not { } pass)
            return input;
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(Mix(seed, pass, layer), CPU);
        using Tensor host = empty(input.shape, dtype: ScalarType.Float32);
        Tensor kept = host.bernoulli_(1 - probability, generator).DividedBy(1 - probability);
        return (input * kept.to(input.dtype, input.device)).MoveToOuterDisposeScope();
    }

    // SplitMix64 (Steele et al., 2014).
    private static ulong Mix(long seed, long pass, int layer)
    {
        ulong value = (ulong)seed + 0x9E3779B97F4A7C15UL * ((ulong)pass * 65536 + (ulong)layer + 1);
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
