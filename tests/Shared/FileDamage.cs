using System.Buffers.Binary;
using Xunit;

namespace MedR1.TestSupport;

/// <summary>
/// Damages files by a seed (bytes flipped, cut, swapped, repeated, numbers made extreme) and checks that a reader answers
/// each with a result or with one of its own exceptions, soon and without much memory.
/// </summary>
internal static class FileDamage
{
    private const long MostAllocatedBytes = 512L << 20;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>Reads damaged copies of a file.</summary>
    /// <param name="whole">The file before the damage.</param>
    /// <param name="count">How many copies.</param>
    /// <param name="seed">Where the choices start.</param>
    /// <param name="read">Reads one copy to its end.</param>
    /// <param name="isNamed">Whether an exception is one that the reader promises.</param>
    /// <returns>How many copies the reader refused.</returns>
    public static int Check(
        byte[] whole, int count, int seed, Action<byte[]> read, Func<Exception, bool> isNamed)
    {
        read(whole);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = Damage(whole, new Random(seed * 100_003 + i));
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

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] copy = [.. whole];
        switch (random.Next(6))
        {
            case 0:
                FlipBits(copy, random);
                return copy;
            case 1:
                return copy[..random.Next(copy.Length)];
            case 2:
                Swap(copy, random);
                return copy;
            case 3:
                return Repeat(copy, random);
            case 4:
                MakeExtreme(copy, random);
                return copy;
            default:
                FlipBits(copy, random);
                MakeExtreme(copy, random);
                return copy[..(copy.Length - random.Next(Math.Min(copy.Length, 64)))];
        }
    }

    private static void FlipBits(byte[] copy, Random random)
    {
        for (int count = random.Next(1, 12); count > 0; count--)
        {
            copy[Place(copy, random)] ^= (byte)(1 << random.Next(8));
        }
    }

    private static void Swap(byte[] copy, Random random)
    {
        int length = random.Next(1, Math.Max(2, copy.Length / 4));
        int first = random.Next(copy.Length - length);
        int second = random.Next(copy.Length - length);
        byte[] held = copy[first..(first + length)];
        Array.Copy(copy, second, copy, first, length);
        held.CopyTo(copy, second);
    }

    private static byte[] Repeat(byte[] copy, Random random)
    {
        int start = random.Next(copy.Length);
        int length = random.Next(1, Math.Min(copy.Length - start, 256) + 1);
        return [.. copy[..start], .. copy[start..(start + length)], .. copy[start..]];
    }

    private static void MakeExtreme(byte[] copy, Random random)
    {
        ReadOnlySpan<uint> extremes = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x00FFFFFF, 0x40000000];
        int place = Place(copy, random);
        if (place + 4 <= copy.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(place), extremes[random.Next(extremes.Length)]);
        }
    }

    // Half of the hits in the first or last 512 bytes, where heads and footers are.
    private static int Place(byte[] copy, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(copy.Length, 512)),
        1 => copy.Length - 1 - random.Next(Math.Min(copy.Length, 512)),
        _ => random.Next(copy.Length),
    };
}
