using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>bfloat16, the upper half of a float32, to float32 and back.</summary>
internal static unsafe class BrainFloats
{
    /// <summary>Widens a number.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>Rounds to the nearest, ties to even; NaN stays NaN.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens numbers in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* source, float* target, int count)
    {
        int at = 0;
        for (; at + 32 <= count; at += 32)
        {
            (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.Load(source + at));
            (low << 16).AsSingle().Store(target + at);
            (high << 16).AsSingle().Store(target + at + 16);
        }

        for (; at < count; at++)
        {
            target[at] = Widen(source[at]);
        }
    }

    /// <summary>Rounds numbers in their order.</summary>
    public static void Round(float* source, ushort* target, int count)
    {
        for (int at = 0; at < count; at++)
        {
            target[at] = Round(source[at]);
        }
    }
}
