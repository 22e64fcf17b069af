using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Steps;

/// <summary>Measures the shortest time of a call, over rounds of several calls, with a number of threads.</summary>
internal static class BestTime
{
    private const int Rounds = 8;
    private const int Calls = 20;

    /// <summary>Calls an action and returns the time as text in milliseconds; restores the number of threads.</summary>
    public static string Of(Action call, int threads)
    {
        int before = get_num_threads();
        set_num_threads(threads);
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            Stopwatch clock = Stopwatch.StartNew();
            for (int i = 0; i < Calls; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                call();
            }

            best = Math.Min(best, clock.Elapsed.TotalMilliseconds / Calls);
        }

        set_num_threads(before);
        return string.Create(CultureInfo.InvariantCulture, $"{best:F2} ms");
    }
}
