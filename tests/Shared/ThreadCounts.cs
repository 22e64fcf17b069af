using static TorchSharp.torch;

namespace MedR1.TestSupport;

/// <summary>Runs code with a given number of libtorch threads.</summary>
internal static class ThreadCounts
{
    /// <summary>Some numbers that divide most sizes, and some that divide few.</summary>
    public static IReadOnlyList<int> Others => [2, 3, 5, 8];

    /// <summary>Runs a function and restores the number of threads.</summary>
    public static T Run<T>(int threads, Func<T> work)
    {
        int usual = get_num_threads();
        try
        {
            set_num_threads(threads);
            return work();
        }
        finally
        {
            set_num_threads(usual);
        }
    }
}
