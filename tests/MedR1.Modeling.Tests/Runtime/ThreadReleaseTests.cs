using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Runtime;

public sealed class ThreadReleaseTests
{
    private const string Name = "to be released";

    // An OpenMP thread has the name of the thread that it works for; without /proc, threads can't be counted.
    [Fact]
    public void A_thread_releases_its_helpers_and_gets_new_ones_on_its_next_computation()
    {
        List<(string When, int Threads)> counts = [];
        int all = 0;
        Thread thread = new(() =>
        {
            // The number of threads is per thread, and other tests change theirs.
            all = Directory.Exists("/proc/self/task") ? get_num_threads() : 0;
            Compute();
            counts.Add(("computing", CountThreads()));
            TorchRuntime.ReleaseThreads();
            counts.Add(("released", CountThreads()));
            Compute();
            counts.Add(("computing again", CountThreads()));
            TorchRuntime.ReleaseThreads();
            TorchRuntime.ReleaseThreads();
        })
        {
            Name = Name,
        };
        thread.Start();
        thread.Join();

        Assert.Equal([("computing", all), ("released", Math.Min(all, 1)), ("computing again", all)], counts);
    }

    private static void Compute()
    {
        using Tensor large = ones(1 << 22);
        using Tensor sum = large.sum();
        Assert.Equal(1 << 22, sum.ToSingle());
    }

    private static int CountThreads() => !Directory.Exists("/proc/self/task") ? 0
        : Directory.GetDirectories("/proc/self/task").Count(IsNamed);

    // A thread may end between listing and reading.
    private static bool IsNamed(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n') == Name;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
