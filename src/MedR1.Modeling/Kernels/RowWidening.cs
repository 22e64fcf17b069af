namespace MedR1.Modeling;

/// <summary>Widens bfloat16 rows to float32.</summary>
internal static unsafe class RowWidening
{
    private const int NumbersOfPart = 1 << 12;

    /// <summary>Returns the number of parts of a job.</summary>
    public static int Divide(in Job job) => (job.Count + NumbersOfPart - 1) / NumbersOfPart;

    /// <summary>Widens the elements of a part.</summary>
    public static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        int first = part * NumbersOfPart;
        BrainFloats.Widen(job->Source + first, job->Target + first, Math.Min(NumbersOfPart, job->Count - first));
    }

    /// <summary>Elements to widen.</summary>
    internal struct Job
    {
        public ushort* Source;
        public float* Target;
        public int Count;
    }
}
