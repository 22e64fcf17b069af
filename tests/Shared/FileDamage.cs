using Xunit;

namespace MedR1.TestSupport;

/// <summary>
/// Damages files by a seed and checks that a reader gives a result or one of its documented exceptions for each, quickly and
/// without much managed memory. MedR1.DamageProbe measures the memory of native decoders.
/// </summary>
internal static class FileDamage
{
    private const long MostAllocatedBytes = 512L << 20;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>Reads damaged copies of a file.</summary>
    /// <param name="whole">The file before the damage.</param>
    /// <param name="count">The number of copies.</param>
    /// <param name="seed">The seed of the damage.</param>
    /// <param name="read">Reads one copy to its end.</param>
    /// <param name="isNamed">Whether an exception is one that the reader documents.</param>
    /// <returns>The number of copies that the reader refused.</returns>
    public static int Check(
        byte[] whole, int count, int seed, Action<byte[]> read, Func<Exception, bool> isNamed)
    {
        read(whole);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = DamagedCopy.Of(whole, new Random(seed * 100_003 + i));
            Task<(Exception? Refusal, long Bytes)> reading = Task.Run(() => Read(damaged, read));
            Assert.True(reading.Wait(s_longest), $"Copy {i} of seed {seed} was not answered within {s_longest}.");
            (Exception? refusal, long bytes) = reading.Result;
            Assert.True(
                refusal is null || isNamed(refusal), $"Copy {i} of seed {seed} was answered with {refusal}");
            Assert.True(bytes < MostAllocatedBytes, $"Copy {i} of seed {seed} took {bytes} bytes of memory.");
            refused += refusal is null ? 0 : 1;
        }

        return refused;
    }

    private static (Exception? Refusal, long Bytes) Read(byte[] damaged, Action<byte[]> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? refusal = Record.Exception(() => read(damaged));
        return (refusal, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
