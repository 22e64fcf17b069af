namespace MedR1.Modeling;

/// <summary>
/// Arranges bfloat16 rows for <see cref="BrainFloatProduct"/> on processors with AVX512_BF16: in groups of up to eight rows, each
/// <c>[width / 32, rows, 32]</c>, so that the kernel reads what it multiplies together from one place. A single row stays as it is.
/// </summary>
internal static unsafe class RowInterleaving
{
    // Of the kernel: the columns of a register, and the rows of a tile.
    private const int Columns = 32;
    private const int MostRowsOfGroup = 8;

    private const int NumbersOfPart = 1 << 12;

    /// <summary>Returns the number of parts of a job.</summary>
    public static int Divide(in Job job) => (job.Width + job.ColumnsOfPart - 1) / job.ColumnsOfPart;

    /// <summary>Copies the columns of a part.</summary>
    public static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        int start = part * job->ColumnsOfPart;
        int end = Math.Min(job->Width, start + job->ColumnsOfPart);
        int groups = (job->Count + MostRowsOfGroup - 1) / MostRowsOfGroup;
        for (int group = 0; group < groups; group++)
        {
            int first = job->Count * group / groups;
            int rows = (job->Count * (group + 1) / groups) - first;
            ushort* source = job->Source + ((long)first * job->Width);
            ushort* target = job->Target + ((long)first * job->Width);
            for (int column = start; column < end; column += Columns)
            {
                for (int row = 0; row < rows; row++)
                {
                    ushort* place = target + ((long)column * rows) + (row * Columns);
                    new ReadOnlySpan<ushort>(source + ((long)row * job->Width) + column, Columns).CopyTo(new(place, Columns));
                }
            }
        }
    }

    /// <summary>Rows to arrange.</summary>
    /// <param name="Source"><c>[Count, Width]</c></param>
    /// <param name="Target">As many numbers.</param>
    /// <param name="Count">The number of rows.</param>
    /// <param name="Width">The width of a row, a multiple of 32.</param>
    internal readonly struct Job(ushort* Source, ushort* Target, int Count, int Width)
    {
        public readonly ushort* Source = Source;
        public readonly ushort* Target = Target;
        public readonly int Count = Count;
        public readonly int Width = Width;

        /// <summary>The columns of a part.</summary>
        public int ColumnsOfPart => Math.Max(Columns, NumbersOfPart / Count / Columns * Columns);
    }
}
