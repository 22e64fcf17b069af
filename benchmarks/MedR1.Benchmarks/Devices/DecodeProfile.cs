using System.Diagnostics;
using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using MedR1.Sampling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Splits a decoding step: the time in which the host hands over all operators of the model, the time that the device needs
/// behind that, and the choice of the tokens. Where the device is done as soon as the host is, the host is the limit.
/// </summary>
internal static class DecodeProfile
{
    public static async Task RunAsync(
        IVisionLanguagePolicy policy, VqaPrompt prompt, SamplingOptions options, TextWriter console,
        CancellationToken cancellationToken)
    {
        Watch free = new(policy, waits: false);
        RolloutTimes whole = await RolloutTimes.MeasureAsync(free, [prompt], options, null, cancellationToken);
        Watch waiting = new(policy, waits: true);
        RolloutTimes apart = await RolloutTimes.MeasureAsync(waiting, [prompt], options, null, cancellationToken);
        double handed = RolloutTimes.MedianOf(free.Handed);
        double handedWaiting = RolloutTimes.MedianOf(waiting.Handed);
        double behind = RolloutTimes.MedianOf(waiting.Behind);
        console.WriteLine(
            $"a step of {options.SamplesPerPrompt} completions takes {whole.Median * 1000:F2} ms: the host hands over the "
            + $"model's operators in {handed * 1000:F2} ms, the rest is {(whole.Median - handed) * 1000:F2} ms");
        console.WriteLine(
            $"waiting for the device in between: handing over {handedWaiting * 1000:F2} ms, the device is done "
            + $"{behind * 1000:F2} ms behind that, choosing and bringing the tokens to the host takes "
            + $"{(apart.Median - handedWaiting - behind) * 1000:F2} ms");
        console.WriteLine(
            behind < 0.1 * handedWaiting
                ? "the host is the limit: the device waits for its operators" : "the device is the limit, or both are");
    }

    private sealed class Watch(IVisionLanguagePolicy policy, bool waits) : DelegatingPolicy(policy)
    {
        public List<double> Handed { get; } = [];

        public List<double> Behind { get; } = [];

        public override Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
        {
            Stopwatch clock = Stopwatch.StartNew();
            Tensor logits = base.Decode(tokens, rows, cache);
            Handed.Add(clock.Elapsed.TotalSeconds);
            if (waits)
            {
                DeviceLimits.Wait(Device);
                Behind.Add(clock.Elapsed.TotalSeconds - Handed[^1]);
            }

            return logits;
        }
    }
}
