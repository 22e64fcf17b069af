using System.Diagnostics;
using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Times decoding steps of a policy: how long the host takes to hand over their operators, and until when the device is done.
/// </summary>
/// <param name="policy">The policy.</param>
/// <param name="waits">Whether to wait for the device before and behind each step.</param>
internal sealed class WatchedPolicy(IVisionLanguagePolicy policy, bool waits) : DelegatingPolicy(policy)
{
    /// <summary>Seconds until the host has handed over a step.</summary>
    public List<double> Handed { get; } = [];

    /// <summary>Seconds until the device is done, from the same time; as above without waiting.</summary>
    public List<double> Done { get; } = [];

    public override Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        // The sampler hands over a step while the device still chooses the tokens that it feeds.
        if (waits)
            DeviceLimits.Wait(Device);
        Stopwatch clock = Stopwatch.StartNew();
        Tensor logits = base.Decode(tokens, rows, cache);
        Handed.Add(clock.Elapsed.TotalSeconds);
        if (waits)
            DeviceLimits.Wait(Device);
        Done.Add(clock.Elapsed.TotalSeconds);
        return logits;
    }
}
