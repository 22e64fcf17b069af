using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Dropout before A. What a layer drops depends on seed, step, pass and layer alone, so that a layer that is computed
/// again in the backward pass drops the same, and so does a run that goes on.
/// </summary>
internal sealed class LoraDropout(double probability, long seed)
{
    // The index of a draw: 24 bits of the step, 24 of the pass in it, 16 of the layer.
    private const int PassBits = 24;
    private const int LayerBits = 16;
    private long _passes;

    public long Seed => seed;

    /// <summary>The pass that is under way; null while nothing is dropped.</summary>
    public long? Pass { get; set; }

    /// <summary>Counts passes of a step from now on.</summary>
    public void BeginStep(long step) => _passes = step << PassBits;

    /// <summary>Counts a pass.</summary>
    public long NextPass() => ++_passes;

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

    private static ulong Mix(long seed, long pass, int layer) =>
        SplitMix64.At((ulong)seed, ((ulong)pass << LayerBits) + (ulong)layer);
}
