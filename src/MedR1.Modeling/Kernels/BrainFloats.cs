using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>Converts between float32 and bfloat16, which is the upper half of a float32.</summary>
internal static unsafe class BrainFloats
{
    /// <summary>Widens a value to float32.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>Rounds a value to the nearest bfloat16, ties to even; NaN stays NaN.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens 32 values to the first and the last sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Low, Vector512<float> High) Widen(Vector512<ushort> values)
    {
        (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(values);
        return ((low << 16).AsSingle(), (high << 16).AsSingle());
    }

    /// <summary>Rounds 32 values, with the same result as for single values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Round(Vector512<float> low, Vector512<float> high) =>
        Vector512.Narrow(RoundedBits(low), RoundedBits(high));

    /// <summary>Widens an array of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* source, float* target, int count)
    {
        int at = 0;
        for (; at + 32 <= count; at += 32)
        {
            (Vector512<float> low, Vector512<float> high) = Widen(Vector512.Load(source + at));
            low.Store(target + at);
            high.Store(target + at + 16);
        }

        for (; at < count; at++)
        {
            target[at] = Widen(source[at]);
        }
    }

    /// <summary>Rounds an array of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(float* source, ushort* target, int count)
    {
        int at = 0;
        for (; at + 32 <= count; at += 32)
        {
            Round(Vector512.Load(source + at), Vector512.Load(source + at + 16)).Store(target + at);
        }

        for (; at < count; at++)
        {
            target[at] = Round(source[at]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> RoundedBits(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> odd = (bits >> 16) & Vector512<uint>.One;
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + odd) >> 16;
        return Vector512.ConditionalSelect(
            Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
    }
}
