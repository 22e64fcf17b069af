using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using MedR1.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// Splits a decode step: the time in which the host submits all operators of the model, the time that the device needs after that,
/// the time of the model's matrix products alone, and the choice of the tokens.
/// </summary>
internal static class DecodeProfile
{
    private const int Repetitions = 20;
    private const int MaxTokens = 32;

    public static async Task RunAsync(
        IVisionLanguagePolicy policy, VqaPrompt prompt, SamplingOptions options, TextWriter console,
        CancellationToken cancellationToken)
    {
        int tokens = Math.Min(MaxTokens, options.MaxNewTokens);
        options = options with { MaxNewTokens = tokens, MinNewTokens = tokens };
        WatchedPolicy free = new(policy, waits: false);
        RolloutTimes whole = await MeasureAsync(free);
        double handed = RolloutTimes.MedianOf(free.Handed);
        console.WriteLine(
            $"profile: a step of {options.SamplesPerPrompt} completions takes {whole.Median * 1000:F2} ms: the host hands over "
            + $"the model's operators in {handed * 1000:F2} ms, the rest is {(whole.Median - handed) * 1000:F2} ms");
        WatchedPolicy waiting = new(policy, waits: true);
        RolloutTimes apart = await MeasureAsync(waiting);
        double done = RolloutTimes.MedianOf(waiting.Done);
        double afterHost = done - RolloutTimes.MedianOf(waiting.Handed);
        console.WriteLine(
            $"profile: waiting for the device in between, it is done {afterHost * 1000:F2} ms behind the host; choosing tokens and "
            + $"bringing them to the host takes {(apart.Median - done) * 1000:F2} ms");
        console.WriteLine(
            $"profile: the model's matrix products alone take {Products(policy, options.SamplesPerPrompt) * 1000:F2} ms");

        console.WriteLine(
            afterHost < 0.1 * done
                ? "profile: the host is the limit, the device waits for its operators"
                : "profile: the host is ahead of the device, which is the limit");

        Task<RolloutTimes> MeasureAsync(IVisionLanguagePolicy watched) =>
            RolloutTimes.MeasureAsync(watched, [prompt], options, null, cancellationToken);
    }

    // Every matrix of the decoder once, recorded like a step.
    private static double Products(IVisionLanguagePolicy policy, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        (Tensor Input, Tensor Weight)[] products = [.. MachineLimits.DecoderWeights(policy)
            .Where(weight => weight.dim() == 2)
            .Select(weight => (ones(rows, weight.shape[1], weight.dtype, policy.Device), (Tensor)weight))];
        using IDeviceWork work = DeviceWork.Create(policy.Device, Multiply);
        return DeviceLimits.Time(policy.Device, () =>
        {
            for (int i = 0; i < Repetitions; i++)
            {
                work.Run();
            }
        }) / Repetitions;

        void Multiply()
        {
            foreach ((Tensor input, Tensor weight) in products)
            {
                nn.functional.linear(input, weight).Dispose();
            }
        }
    }
}
