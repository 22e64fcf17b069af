using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>Converts signed 8-bit integers to float32, exactly.</summary>
internal static unsafe class SignedBytes
{
    /// <summary>Converts sixteen values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(sbyte* values)
    {
        if (Avx512F.IsSupported)
        {
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(values)));
        }

        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(values));
        (Vector128<int> first, Vector128<int> second) = Vector128.Widen(low);
        (Vector128<int> third, Vector128<int> fourth) = Vector128.Widen(high);
        return Vector512.ConvertToSingle(
            Vector512.Create(Vector256.Create(first, second), Vector256.Create(third, fourth)));
    }

    /// <summary>Converts eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadHalf(sbyte* values)
    {
        if (Avx2.IsSupported)
        {
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(values));
        }

        Vector128<sbyte> eight = Vector128.CreateScalarUnsafe(*(long*)values).AsSByte();
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(Vector128.WidenLower(eight));
        return Vector256.ConvertToSingle(Vector256.Create(low, high));
    }
}
