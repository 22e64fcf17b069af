using System.Diagnostics;
using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Times decode steps of a policy: how long the host takes to submit their operators, and when the device is done.
/// </summary>
/// <param name="policy">The policy.</param>
/// <param name="waits">Whether to wait for the device before and after each step.</param>
internal sealed class WatchedPolicy(IVisionLanguagePolicy policy, bool waits) : DelegatingPolicy(policy)
{
    /// <summary>Seconds until the host has submitted a step.</summary>
    public List<double> Handed { get; } = [];

    /// <summary>Seconds from the same start until the device is done; as above without waiting.</summary>
    public List<double> Done { get; } = [];

    public override Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        // The sampler submits a step while the device still chooses the tokens to feed.
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
