using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// Converts elements between their type in memory, float32 or bfloat16 (<see langword="ushort"/>), and float32, in which
/// kernels compute. The JIT compiles a separate method for each type.
/// </summary>
internal static unsafe class RowNumbers
{
    private const int Half = 16;

    /// <summary>Loads 32 elements as the first and the last sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Low, Vector512<float> High) Load<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? (Vector512.Load((float*)source), Vector512.Load((float*)source + Half))
            : BrainFloats.Widen(Vector512.Load((ushort*)source));

    /// <summary>Loads one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load<T>(T* source, int at)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? ((float*)source)[at] : BrainFloats.Widen(((ushort*)source)[at]);

    /// <summary>Stores 32 elements, rounded if the type is bfloat16.</summary>
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

    /// <summary>Stores one element, rounded if the type is bfloat16.</summary>
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

    /// <summary>Rounds 32 elements to the precision of the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Low, Vector512<float> High) Round<T>(Vector512<float> low, Vector512<float> high)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? (low, high) : BrainFloats.Widen(BrainFloats.Round(low, high));

    /// <summary>Rounds one element to the precision of the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round<T>(float value)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? value : BrainFloats.Widen(BrainFloats.Round(value));
}
