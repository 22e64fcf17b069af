using System.Buffers.Binary;

namespace MedR1.TestSupport;

/// <summary>Damages files: flips, removes, swaps or repeats bytes, or makes numbers extreme.</summary>
internal static class DamagedCopy
{
    /// <summary>Creates a damaged copy of a file.</summary>
    /// <param name="whole">The file before the damage.</param>
    /// <param name="random">Chooses what is damaged and where.</param>
    public static byte[] Of(byte[] whole, Random random)
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

    // Half of the hits are in the first or last 512 bytes, where headers and footers are.
    private static int Place(byte[] copy, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(copy.Length, 512)),
        1 => copy.Length - 1 - random.Next(Math.Min(copy.Length, 512)),
        _ => random.Next(copy.Length),
    };
}
