using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// <c>C = A B</c> in float32, where A and B may be transposed. Tiles of C are summed in registers: each element of A is broadcast to
/// a register and multiplied by two registers of B. Each element of C is summed from the first product to the last, so that it does
/// not depend on the other rows, the number of threads and the width of the registers.
/// </summary>
internal static unsafe class TileProduct
{
    // The number of tiles of a strip of columns in one part; more if the columns must be packed first.
    private const int TilesOfPart = 8;
    private const int TilesOfPackedPart = 32;

    // With at least this many columns, rows of B are so far apart that packing its columns first is faster.
    private const int FewestPackedColumns = 1024;

    // Fewer products than this take less time than starting a second thread.
    private const long FewestProducts = 1 << 18;

    /// <summary>
    /// Whether the processor is supported and libtorch's threads can be used; otherwise libtorch's products are faster.
    /// </summary>
    public static bool IsSupported => (IsWide || Fma.IsSupported) && TorchThreads.AreReachable;

    private static bool IsWide => Vector512.IsHardwareAccelerated;

    /// <summary>Computes the product on libtorch's threads.</summary>
    /// <param name="a"><c>[rows, depth]</c>, or <c>[depth, rows]</c> if transposed.</param>
    /// <param name="transposesA">Whether A is transposed.</param>
    /// <param name="b"><c>[depth, columns]</c>, or <c>[columns, depth]</c> if transposed.</param>
    /// <param name="transposesB">Whether B is transposed.</param>
    /// <param name="c"><c>[rows, columns]</c></param>
    /// <param name="rows">The number of rows of C.</param>
    /// <param name="columns">The number of columns of C.</param>
    /// <param name="depth">The number of products in a sum.</param>
    /// <param name="bias"><c>[columns]</c>, added to each row, or null.</param>
    public static void Multiply(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth,
        float* bias = null)
    {
        if (IsWide)
        {
            Multiply<WideTile>(a, transposesA, b, transposesB, c, rows, columns, depth, bias);
        }
        else
        {
            Multiply<NarrowTile>(a, transposesA, b, transposesB, c, rows, columns, depth, bias);
        }
    }

    /// <summary>Computes the product on the calling thread, like <see cref="Multiply"/> without bias.</summary>
    public static void MultiplyHere(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth)
    {
        if (IsWide)
        {
            MultiplyHere<WideTile>(a, transposesA, b, transposesB, c, rows, columns, depth);
        }
        else
        {
            MultiplyHere<NarrowTile>(a, transposesA, b, transposesB, c, rows, columns, depth);
        }
    }

    /// <summary>Like <see cref="MultiplyHere(float*, bool, float*, bool, float*, int, int, int)"/>, with a given tile.</summary>
    internal static void MultiplyHere<TTile>(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth)
        where TTile : struct, ITile
    {
        Job job = JobOf<TTile>(a, transposesA, b, transposesB, c, rows, columns, depth, null);
        for (int part = 0; part < job.Parts; part++)
        {
            Compute<TTile>(&job, part);
        }
    }

    private static void Multiply<TTile>(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth, float* bias)
        where TTile : struct, ITile
    {
        Job job = JobOf<TTile>(a, transposesA, b, transposesB, c, rows, columns, depth, bias);
        TorchThreads.Run(job.Parts, &Compute<TTile>, &job, isShort: (long)rows * columns * depth < FewestProducts);
    }

    private static Job JobOf<TTile>(
        float* a, bool transposesA, float* b, bool transposesB, float* c, int rows, int columns, int depth, float* bias)
        where TTile : struct, ITile
    {
        bool isPacked = transposesB || columns >= FewestPackedColumns;
        int tiles = (rows + TTile.Rows - 1) / TTile.Rows, mostTiles = isPacked ? TilesOfPackedPart : TilesOfPart;
        int rowParts = (tiles + mostTiles - 1) / mostTiles, rowsOfPart = (tiles + rowParts - 1) / Math.Max(1, rowParts) * TTile.Rows;
        int strips = (columns + TTile.Columns - 1) / TTile.Columns;
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
            Parts = rowParts * strips,
        };
    }

    // Computes some rows of a strip of columns. Parts are ordered by columns first: adjacent parts, which usually run on one thread,
    // read the same rows of A, and the thread has its own results in its cache for the next operator.
    [SkipLocalsInit]
    private static void Compute<TTile>(void* state, int part)
        where TTile : struct, ITile
    {
        Job* job = (Job*)state;
        int firstRow = part / job->Strips * job->RowsOfPart, firstColumn = part % job->Strips * TTile.Columns;
        int rows = Math.Min(job->RowsOfPart, job->RowCount - firstRow);
        int width = Math.Min(TTile.Columns, job->ColumnCount - firstColumn);
        bool isWhole = width == TTile.Columns, isPacked = job->IsPacked || !isWhole;
        float* packed = stackalloc float[isPacked ? TTile.Depth * TTile.Columns : 1];
        float* sums = stackalloc float[isWhole ? 1 : TTile.Rows * TilesOfPackedPart * TTile.Columns];
        float* c = job->C + ((long)firstRow * job->ColumnCount) + firstColumn;
        float* target = isWhole ? c : sums;
        long targetStride = isWhole ? job->ColumnCount : TTile.Columns;
        for (int first = 0; first < job->DepthCount; first += TTile.Depth)
        {
            int depth = Math.Min(TTile.Depth, job->DepthCount - first);
            float* b = job->TransposesB
                ? job->B + ((long)firstColumn * job->DepthCount) + first
                : job->B + ((long)first * job->ColumnCount) + firstColumn;
            if (job->TransposesB)
            {
                TileColumns.PackTransposed<TTile>(b, job->DepthCount, packed, depth, width);
            }
            else if (isPacked)
            {
                TileColumns.Pack<TTile>(b, job->ColumnCount, packed, depth, width);
            }

            float* a = job->A + (firstRow * job->RowStride) + (first * job->DepthStride);
            TileStrip strip = new()
            {
                RowStride = job->RowStride,
                DepthStride = job->DepthStride,
                B = isPacked ? packed : b,
                BStride = isPacked ? TTile.Columns : job->ColumnCount,
                CStride = targetStride,
                Depth = depth,
                Adds = first > 0,
            };
            TTile.Multiply(strip, a, target, rows);
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
        for (; bias != null && column + Vector512<float>.Count <= width; column += Vector512<float>.Count)
        {
            (Vector512.Load(sums + column) + Vector512.Load(bias + column)).Store(c + column);
        }

        for (; column < width; column++)
        {
            c[column] = bias == null ? sums[column] : sums[column] + bias[column];
        }
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
}
