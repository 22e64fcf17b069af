namespace MedR1.Conformance;

/// <summary>A tensor of a case: its shape and its values, widened to double (integers up to 2^53 stay exact).</summary>
/// <param name="Shape">The shape.</param>
/// <param name="DataType">The type in the file: F16, BF16, F32, F64, I64, …</param>
/// <param name="Values">The values in row-major order.</param>
public sealed record GoldenTensor(long[] Shape, string DataType, double[] Values)
{
    /// <summary>The values as float32.</summary>
    public float[] ToSingles() => Array.ConvertAll(Values, value => (float)value);

    /// <summary>The values as int64.</summary>
    public long[] ToInt64s() => Array.ConvertAll(Values, value => (long)value);

    /// <summary>The row <paramref name="index"/> of the first axis.</summary>
    public GoldenTensor Row(int index)
    {
        int size = Values.Length / (int)Shape[0];
        return new GoldenTensor(Shape[1..], DataType, Values[(index * size)..((index + 1) * size)]);
    }
}
