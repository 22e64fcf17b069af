using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// Numbers of a row as kernels compute with them, in float32, and as they lie in memory: as float32, or as bfloat16
/// (<see langword="ushort"/>). The compiler makes a method of its own for each type.
/// </summary>
internal static unsafe class RowNumbers
{
    private const int Half = 16;

    /// <summary>32 numbers: the first sixteen, the last sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Low, Vector512<float> High) Load<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? (Vector512.Load((float*)source), Vector512.Load((float*)source + Half))
            : BrainFloats.Widen(Vector512.Load((ushort*)source));

    /// <summary>A number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load<T>(T* source, int at)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? ((float*)source)[at] : BrainFloats.Widen(((ushort*)source)[at]);

    /// <summary>Writes 32 numbers, rounded where the type is the shorter one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<float> low, Vector512<float> high, T* target)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            low.Store((float*)target);
            high.Store((float*)target + Half);
        }
        else
        {
            BrainFloats.Round(low, high).Store((ushort*)target);
        }
    }

    /// <summary>Writes a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(float value, T* target, int at)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            ((float*)target)[at] = value;
        }
        else
        {
            ((ushort*)target)[at] = BrainFloats.Round(value);
        }
    }

    /// <summary>32 numbers as the type holds them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Low, Vector512<float> High) Round<T>(Vector512<float> low, Vector512<float> high)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? (low, high) : BrainFloats.Widen(BrainFloats.Round(low, high));

    /// <summary>A number as the type holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round<T>(float value)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? value : BrainFloats.Widen(BrainFloats.Round(value));
}
