using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>x / sqrt(mean(x²) + ε)</c> in float32, rounded to the data type of x, times the gain, rounded again, like
/// <see cref="FusedOperators.RmsNorm"/>. The result of a row does not depend on other rows.
/// </summary>
internal static unsafe class RowNormalization
{
    private const int Lanes = 32;

    // The number of elements in a part.
    private const int NumbersOfPart = 1 << 11;

    /// <summary>Divides a job into parts, sets their size and returns their number.</summary>
    public static int Divide(ref Job job)
    {
        job.RowsOfPart = Math.Max(1, NumbersOfPart / job.Width);
        return (job.Rows + job.RowsOfPart - 1) / job.RowsOfPart;
    }

    /// <summary>Normalises the rows of a part.</summary>
    /// <typeparam name="T"><see langword="float"/>, or <see langword="ushort"/> for bfloat16.</typeparam>
    public static void Compute<T>(void* state, int part)
        where T : unmanaged
    {
        Job* job = (Job*)state;
        int end = Math.Min(job->Rows, (part + 1) * job->RowsOfPart);
        for (int row = part * job->RowsOfPart; row < end; row++)
        {
            long at = (long)row * job->Width;
            Normalise((T*)job->Input + at, (T*)job->Gain, (T*)job->Result + at, job->Width, job->Epsilon);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalise<T>(T* input, T* gain, T* result, int width, float epsilon)
        where T : unmanaged
    {
        Vector512<float> lowSums = default, highSums = default;
        int at = 0;
        for (; at + Lanes <= width; at += Lanes)
        {
            (Vector512<float> low, Vector512<float> high) = RowNumbers.Load(input + at);
            lowSums = Vector512.FusedMultiplyAdd(low, low, lowSums);
            highSums = Vector512.FusedMultiplyAdd(high, high, highSums);
        }

        float sum = Vector512.Sum(lowSums + highSums);
        for (int rest = at; rest < width; rest++)
        {
            float value = RowNumbers.Load(input, rest);
            sum = MathF.FusedMultiplyAdd(value, value, sum);
        }

        float factor = 1 / MathF.Sqrt((sum / width) + epsilon);
        Vector512<float> factors = Vector512.Create(factor);
        for (at = 0; at + Lanes <= width; at += Lanes)
        {
            (Vector512<float> low, Vector512<float> high) = RowNumbers.Load(input + at);
            (low, high) = RowNumbers.Round<T>(low * factors, high * factors);
            (Vector512<float> lowGain, Vector512<float> highGain) = RowNumbers.Load(gain + at);
            RowNumbers.Store(low * lowGain, high * highGain, result + at);
        }

        for (; at < width; at++)
        {
            float value = RowNumbers.Round<T>(RowNumbers.Load(input, at) * factor);
            RowNumbers.Store(value * RowNumbers.Load(gain, at), result, at);
        }
    }

    /// <summary>Rows to normalise.</summary>
    internal struct Job
    {
        /// <summary><c>[rows, width]</c></summary>
        public void* Input;

        /// <summary><c>[width]</c></summary>
        public void* Gain;

        /// <summary><c>[rows, width]</c></summary>
        public void* Result;

        public int Rows;
        public int Width;
        public float Epsilon;
        public int RowsOfPart;
    }
}
