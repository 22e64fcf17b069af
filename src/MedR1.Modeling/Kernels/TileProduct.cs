using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>C = A B</c> in float32, where each may be transposed. Eight rows by 32 columns are summed in registers: each number
/// of A is spread over a register and multiplied by two of B. Each element is summed from the first product to the last: it
/// does not depend on the other rows and the number of threads.
/// </summary>
internal static unsafe class TileProduct
{
    private const int Rows = 8;
    private const int Columns = TileColumns.Count;
    private const int Lanes = 16;

    // What a thread takes at a time, with 32 columns: more rows if the columns must be copied first.
    private const int RowsOfPart = 64;
    private const int RowsOfPackedPart = 256;

    // Products in a row between two accesses to C, so that what is read of B stays in the cache.
    private const int Depth = 512;

    // With at least this many columns, rows of B are so far apart that its columns are first copied together.
    private const int FewestPackedColumns = 1024;

    // Fewer products than these are done before a second thread has started.
    private const long FewestProducts = 1 << 18;

    /// <summary>
    /// Whether the processor has registers for it and libtorch's threads can be called; else libtorch multiplies faster.
    /// </summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && TorchThreads.AreReachable;

    /// <summary>Computes the product on libtorch's threads.</summary>
    /// <param name="a"><c>[rows, depth]</c>, or <c>[depth, rows]</c> where it is transposed.</param>
    /// <param name="transposesA">Whether it is.</param>
    /// <param name="b"><c>[depth, columns]</c>, or <c>[columns, depth]</c> where it is transposed.</param>
    /// <param name="transposesB">Whether it is.</param>
    /// <param name="c"><c>[rows, columns]</c></param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="depth">Products in a sum.</param>
    /// <param name="bias"><c>[columns]</c>, added to each row, or null.</param>
    public static void Multiply(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth,
        float* bias = null)
    {
        Job job = JobOf(a, transposesA, b, transposesB, c, rows, columns, depth, bias);
        TorchThreads.Run(job.Parts, &Compute, &job, isShort: (long)rows * columns * depth < FewestProducts);
    }

    /// <summary>Computes the product on this thread; as <see cref="Multiply"/> without bias.</summary>
    public static void MultiplyHere(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth)
    {
        Job job = JobOf(a, transposesA, b, transposesB, c, rows, columns, depth, null);
        for (int part = 0; part < job.Parts; part++)
        {
            Compute(&job, part);
        }
    }

    private static Job JobOf(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth, float* bias)
    {
        bool isPacked = transposesB || columns >= FewestPackedColumns;
        int rowsOfPart = isPacked ? RowsOfPackedPart : RowsOfPart, strips = (columns + Columns - 1) / Columns;
        return new()
        {
            A = a,
            RowStride = transposesA ? 1 : depth,
            DepthStride = transposesA ? rows : 1,
            B = b,
            TransposesB = transposesB,
            IsPacked = isPacked,
            C = c,
            Bias = bias,
            RowCount = rows,
            ColumnCount = columns,
            DepthCount = depth,
            RowsOfPart = rowsOfPart,
            Strips = strips,
            Parts = (rows + rowsOfPart - 1) / rowsOfPart * strips,
        };
    }

    // Some rows of 32 columns. Parts go through the columns first: adjacent parts, which one thread takes, read the same rows of
    // A, and the thread finds its own results again in the next operator.
    [SkipLocalsInit]
    private static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        int firstRow = part / job->Strips * job->RowsOfPart, firstColumn = part % job->Strips * Columns;
        int rows = Math.Min(job->RowsOfPart, job->RowCount - firstRow);
        int width = Math.Min(Columns, job->ColumnCount - firstColumn);
        bool isWhole = width == Columns, isPacked = job->IsPacked || !isWhole;
        float* packed = stackalloc float[isPacked ? Depth * Columns : 1];
        float* sums = stackalloc float[isWhole ? 1 : RowsOfPackedPart * Columns];
        float* c = job->C + ((long)firstRow * job->ColumnCount) + firstColumn;
        float* target = isWhole ? c : sums;
        long targetStride = isWhole ? job->ColumnCount : Columns;
        for (int first = 0; first < job->DepthCount; first += Depth)
        {
            int depth = Math.Min(Depth, job->DepthCount - first);
            float* b = job->TransposesB
                ? job->B + ((long)firstColumn * job->DepthCount) + first
                : job->B + ((long)first * job->ColumnCount) + firstColumn;
            if (job->TransposesB)
            {
                TileColumns.PackTransposed(b, job->DepthCount, packed, depth, width);
            }
            else if (isPacked)
            {
                TileColumns.Pack(b, job->ColumnCount, packed, depth, width);
            }

            float* a = job->A + (firstRow * job->RowStride) + (first * job->DepthStride);
            Strip strip = new()
            {
                RowStride = job->RowStride,
                DepthStride = job->DepthStride,
                B = isPacked ? packed : b,
                BStride = isPacked ? Columns : job->ColumnCount,
                CStride = targetStride,
                Depth = depth,
                Adds = first > 0,
            };
            int row = 0;
            for (; row + Rows <= rows; row += Rows)
            {
                EightRows(strip, a + (row * job->RowStride), target + (row * targetStride));
            }

            for (; row < rows; row++)
            {
                OneRow(strip, a + (row * job->RowStride), target + (row * targetStride));
            }
        }

        for (int row = 0; row < rows && !(isWhole && job->Bias == null); row++)
        {
            Finish(
                target + (row * targetStride), job->Bias == null ? null : job->Bias + firstColumn,
                c + ((long)row * job->ColumnCount), width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(float* sums, float* bias, float* c, int width)
    {
        int column = 0;
        for (; bias != null && column + Lanes <= width; column += Lanes)
        {
            (Vector512.Load(sums + column) + Vector512.Load(bias + column)).Store(c + column);
        }

        for (; column < width; column++)
        {
            c[column] = bias == null ? sums[column] : sums[column] + bias[column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightRows(in Strip strip, float* a, float* c)
    {
        long rowStride = strip.RowStride, depthStride = strip.DepthStride, bStride = strip.BStride, cStride = strip.CStride;
        Vector512<float> r0 = default, r1 = default, s0 = default, s1 = default, t0 = default, t1 = default, u0 = default, u1 = default;
        Vector512<float> v0 = default, v1 = default, w0 = default, w1 = default, x0 = default, x1 = default, y0 = default, y1 = default;
        float* c4 = c + (4 * cStride);
        if (strip.Adds)
        {
            (r0, r1) = (Vector512.Load(c), Vector512.Load(c + Lanes));
            (s0, s1) = (Vector512.Load(c + cStride), Vector512.Load(c + cStride + Lanes));
            (t0, t1) = (Vector512.Load(c + (2 * cStride)), Vector512.Load(c + (2 * cStride) + Lanes));
            (u0, u1) = (Vector512.Load(c + (3 * cStride)), Vector512.Load(c + (3 * cStride) + Lanes));
            (v0, v1) = (Vector512.Load(c4), Vector512.Load(c4 + Lanes));
            (w0, w1) = (Vector512.Load(c4 + cStride), Vector512.Load(c4 + cStride + Lanes));
            (x0, x1) = (Vector512.Load(c4 + (2 * cStride)), Vector512.Load(c4 + (2 * cStride) + Lanes));
            (y0, y1) = (Vector512.Load(c4 + (3 * cStride)), Vector512.Load(c4 + (3 * cStride) + Lanes));
        }

        float* b = strip.B;
        float* a4 = a + (4 * rowStride);
        for (int at = 0; at < strip.Depth; at++, a += depthStride, a4 += depthStride, b += bStride)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes);
            Vector512<float> spread = Vector512.Create(*a);
            r0 = Vector512.FusedMultiplyAdd(spread, b0, r0);
            r1 = Vector512.FusedMultiplyAdd(spread, b1, r1);
            spread = Vector512.Create(a[rowStride]);
            s0 = Vector512.FusedMultiplyAdd(spread, b0, s0);
            s1 = Vector512.FusedMultiplyAdd(spread, b1, s1);
            spread = Vector512.Create(a[2 * rowStride]);
            t0 = Vector512.FusedMultiplyAdd(spread, b0, t0);
            t1 = Vector512.FusedMultiplyAdd(spread, b1, t1);
            spread = Vector512.Create(a[3 * rowStride]);
            u0 = Vector512.FusedMultiplyAdd(spread, b0, u0);
            u1 = Vector512.FusedMultiplyAdd(spread, b1, u1);
            spread = Vector512.Create(*a4);
            v0 = Vector512.FusedMultiplyAdd(spread, b0, v0);
            v1 = Vector512.FusedMultiplyAdd(spread, b1, v1);
            spread = Vector512.Create(a4[rowStride]);
            w0 = Vector512.FusedMultiplyAdd(spread, b0, w0);
            w1 = Vector512.FusedMultiplyAdd(spread, b1, w1);
            spread = Vector512.Create(a4[2 * rowStride]);
            x0 = Vector512.FusedMultiplyAdd(spread, b0, x0);
            x1 = Vector512.FusedMultiplyAdd(spread, b1, x1);
            spread = Vector512.Create(a4[3 * rowStride]);
            y0 = Vector512.FusedMultiplyAdd(spread, b0, y0);
            y1 = Vector512.FusedMultiplyAdd(spread, b1, y1);
        }

        Store(r0, r1, c);
        Store(s0, s1, c + cStride);
        Store(t0, t1, c + (2 * cStride));
        Store(u0, u1, c + (3 * cStride));
        Store(v0, v1, c4);
        Store(w0, w1, c4 + cStride);
        Store(x0, x1, c4 + (2 * cStride));
        Store(y0, y1, c4 + (3 * cStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(in Strip strip, float* a, float* c)
    {
        Vector512<float> r0 = default, r1 = default;
        if (strip.Adds)
        {
            (r0, r1) = (Vector512.Load(c), Vector512.Load(c + Lanes));
        }

        float* b = strip.B;
        for (int at = 0; at < strip.Depth; at++, a += strip.DepthStride, b += strip.BStride)
        {
            Vector512<float> spread = Vector512.Create(*a);
            r0 = Vector512.FusedMultiplyAdd(spread, Vector512.Load(b), r0);
            r1 = Vector512.FusedMultiplyAdd(spread, Vector512.Load(b + Lanes), r1);
        }

        Store(r0, r1, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> low, Vector512<float> high, float* target)
    {
        low.Store(target);
        high.Store(target + Lanes);
    }

    private struct Job
    {
        public float* A;
        public long RowStride;
        public long DepthStride;
        public float* B;
        public bool TransposesB;
        public bool IsPacked;
        public float* C;
        public float* Bias;
        public int RowCount;
        public int ColumnCount;
        public int DepthCount;
        public int RowsOfPart;
        public int Strips;
        public int Parts;
    }

    // 32 columns of B and what is the same for all rows.
    private struct Strip
    {
        public long RowStride;
        public long DepthStride;
        public float* B;
        public long BStride;
        public long CStride;
        public int Depth;
        public bool Adds;
    }
}
