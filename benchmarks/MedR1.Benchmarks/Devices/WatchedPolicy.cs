using System.Diagnostics;
using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Times decoding steps of a policy: how long the host takes to hand over their operators, and how much later the device is done.
/// With a sleep, the device begins behind it, when all operators wait for it already.
/// </summary>
internal sealed class WatchedPolicy : DelegatingPolicy
{
    private readonly Stopwatch _clock = new();
    private readonly Action? _unhook;
    private readonly bool _waits;
    private bool _decodes;

    /// <param name="policy">The policy.</param>
    /// <param name="waits">Whether to wait for the device behind each step.</param>
    /// <param name="sleep">What the device does ahead of a step's first layer.</param>
    public WatchedPolicy(IVisionLanguagePolicy policy, bool waits, DeviceSleep? sleep = null)
        : base(policy)
    {
        _waits = waits;

        // Behind the embedding nothing is copied to the device any more: tokens, places and angles are there.
        (string _, nn.Module module) = policy.Network.named_modules().Single(entry => entry.name == "model.embed_tokens");
        _unhook = sleep is null ? null : ((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, _, output) =>
        {
            if (_decodes)
            {
                DeviceLimits.Wait(Device);
                sleep.Begin();
                _clock.Restart();
            }

            return output;
        }).remove;
    }

    /// <summary>Seconds until the host has handed over a step; with a sleep, from its beginning.</summary>
    public List<double> Handed { get; } = [];

    /// <summary>Seconds until the device is done, from the same time.</summary>
    public List<double> Done { get; } = [];

    public override Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        _clock.Restart();
        _decodes = true;
        Tensor logits = base.Decode(tokens, rows, cache);
        _decodes = false;
        Handed.Add(_clock.Elapsed.TotalSeconds);
        if (_waits)
            DeviceLimits.Wait(Device);
        Done.Add(_clock.Elapsed.TotalSeconds);
        return logits;
    }

    public override void Dispose() => _unhook?.Invoke();
}
