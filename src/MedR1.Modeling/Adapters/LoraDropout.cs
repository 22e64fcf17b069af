using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Dropout before A. The mask depends only on seed, step, pass and layer, so that a layer that is recomputed in the
/// backward pass, or in a resumed run, has the same mask.
/// </summary>
internal sealed class LoraDropout(double probability, long seed)
{
    // The index of a mask: 24 bits for the step, 24 for the pass in the step, 16 for the layer.
    private const int PassBits = 24;
    private const int LayerBits = 16;
    private long _passes;

    public long Seed => seed;

    /// <summary>The current pass; <see langword="null"/> while dropout is off.</summary>
    public long? Pass { get; set; }

    /// <summary>Begins a step and restarts the count of its passes.</summary>
    public void BeginStep(long step) => _passes = step << PassBits;

    /// <summary>Begins a pass and returns its number.</summary>
    public long NextPass() => ++_passes;

    public Tensor Apply(Tensor input, int layer)
    {
        if (Pass is not { } pass)
            return input;
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(Mix(seed, pass, layer), CPU);
        using Tensor host = empty(input.shape, dtype: ScalarType.Float32, device: CPU);
        Tensor kept = host.bernoulli_(1 - probability, generator).DividedBy(1 - probability);
        return (input * kept.to(input.dtype, input.device)).MoveToOuterDisposeScope();
    }

    private static ulong Mix(long seed, long pass, int layer) =>
        SplitMix64.At((ulong)seed, ((ulong)pass << LayerBits) + (ulong)layer);
}
