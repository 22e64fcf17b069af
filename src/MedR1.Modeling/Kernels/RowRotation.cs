using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// Rotates the heads of rows in place, with cosines and signed sines of the rows' data type. Like
/// <see cref="RotaryTable.Rotate"/>, it rounds <c>x cos</c> to that type, and then the sum with the swapped half times the sine.
/// </summary>
internal static unsafe class RowRotation
{
    private const int Lanes = 32;

    /// <summary>Returns the number of parts of a job, one for each row.</summary>
    public static int Divide(in Job job) => job.Rows;

    /// <summary>Rotates the heads of a row.</summary>
    /// <typeparam name="T"><see langword="float"/>, or <see langword="ushort"/> for bfloat16.</typeparam>
    public static void Compute<T>(void* state, int part)
        where T : unmanaged
    {
        Job* job = (Job*)state;
        int d = job->Width;
        T* cosine = (T*)job->Cosine + (long)part * d, signedSine = (T*)job->SignedSine + (long)part * d;
        for (int head = 0; head < job->Heads; head++)
        {
            Turn((T*)job->Vectors + (((long)part * job->Heads) + head) * d, cosine, signedSine, d / 2);
        }
    }

    // Processes both halves at once, because each is the swapped half of the other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn<T>(T* vector, T* cosine, T* signedSine, int half)
        where T : unmanaged
    {
        int at = 0;
        for (; at + Lanes <= half; at += Lanes)
        {
            (Vector512<float> a, Vector512<float> b) = RowNumbers.Load(vector + at);
            (Vector512<float> c, Vector512<float> d) = RowNumbers.Load(vector + half + at);
            TurnLanes(a, b, c, d, cosine + at, signedSine + at, vector + at);
            TurnLanes(c, d, a, b, cosine + half + at, signedSine + half + at, vector + half + at);
        }

        for (; at < half; at++)
        {
            float a = RowNumbers.Load(vector, at), b = RowNumbers.Load(vector, half + at);
            TurnOne(a, b, cosine, signedSine, vector, at);
            TurnOne(b, a, cosine, signedSine, vector, half + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnLanes<T>(
        Vector512<float> low, Vector512<float> high, Vector512<float> swappedLow, Vector512<float> swappedHigh, T* cosine,
        T* signedSine, T* target)
        where T : unmanaged
    {
        (Vector512<float> lowCosine, Vector512<float> highCosine) = RowNumbers.Load(cosine);
        (Vector512<float> lowSine, Vector512<float> highSine) = RowNumbers.Load(signedSine);
        (low, high) = RowNumbers.Round<T>(low * lowCosine, high * highCosine);
        RowNumbers.Store(low + (swappedLow * lowSine), high + (swappedHigh * highSine), target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnOne<T>(float value, float swapped, T* cosine, T* signedSine, T* target, int at)
        where T : unmanaged
    {
        float straight = RowNumbers.Round<T>(value * RowNumbers.Load(cosine, at));
        RowNumbers.Store(straight + (swapped * RowNumbers.Load(signedSine, at)), target, at);
    }

    /// <summary>Rows to rotate.</summary>
    internal struct Job
    {
        /// <summary><c>[rows, heads, width]</c></summary>
        public void* Vectors;

        /// <summary><c>[rows, width]</c></summary>
        public void* Cosine;

        /// <summary><c>[rows, width]</c></summary>
        public void* SignedSine;

        public int Rows;
        public int Heads;
        public int Width;
    }
}
