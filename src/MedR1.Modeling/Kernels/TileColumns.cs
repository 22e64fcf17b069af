using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>Packs the columns of a strip of a matrix contiguously, row by row, for <see cref="TileProduct"/>.</summary>
internal static unsafe class TileColumns
{
    // The prefetch distance in rows.
    private const int Ahead = 16;

    /// <summary>Packs columns of a matrix.</summary>
    /// <param name="b"><c>[depth, stride]</c>, starting at the first column.</param>
    /// <param name="stride">The distance between rows.</param>
    /// <param name="packed"><c>[depth, columns of the tile]</c>, padded with zeros.</param>
    /// <param name="depth">The number of rows.</param>
    /// <param name="width">The number of columns.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    public static void Pack<TTile>(float* b, long stride, float* packed, int depth, int width)
        where TTile : struct, ITile
    {
        for (int at = 0; at < depth; at++, b += stride, packed += TTile.Columns)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(b + (Ahead * stride));
            }

            new Span<float>(b, width).CopyTo(new Span<float>(packed, width));
            new Span<float>(packed + width, TTile.Columns - width).Clear();
        }
    }

    /// <summary>Packs columns of a transposed matrix, whose columns are contiguous, in blocks of four by four elements.</summary>
    /// <param name="b"><c>[width, stride]</c>, starting at the first element.</param>
    /// <param name="stride">The distance between columns.</param>
    /// <param name="packed"><c>[depth, columns of the tile]</c>, padded with zeros.</param>
    /// <param name="depth">The number of elements in a column.</param>
    /// <param name="width">The number of columns.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackTransposed<TTile>(float* b, long stride, float* packed, int depth, int width)
        where TTile : struct, ITile
    {
        int column = 0;
        for (; Sse.IsSupported && column + 4 <= width; column += 4)
        {
            float* source = b + (column * stride), target = packed + column;
            int at = 0;
            for (; at + 4 <= depth; at += 4)
            {
                Vector128<float> p = Vector128.Load(source + at), q = Vector128.Load(source + stride + at);
                Vector128<float> r = Vector128.Load(source + (2 * stride) + at), s = Vector128.Load(source + (3 * stride) + at);
                Vector128<float> lowPq = Sse.UnpackLow(p, q), lowRs = Sse.UnpackLow(r, s);
                Vector128<float> highPq = Sse.UnpackHigh(p, q), highRs = Sse.UnpackHigh(r, s);
                float* four = target + (at * TTile.Columns);
                Sse.MoveLowToHigh(lowPq, lowRs).Store(four);
                Sse.MoveHighToLow(lowRs, lowPq).Store(four + TTile.Columns);
                Sse.MoveLowToHigh(highPq, highRs).Store(four + (2 * TTile.Columns));
                Sse.MoveHighToLow(highRs, highPq).Store(four + (3 * TTile.Columns));
            }

            for (; at < depth; at++)
            {
                for (int k = 0; k < 4; k++)
                {
                    target[(at * TTile.Columns) + k] = source[(k * stride) + at];
                }
            }
        }

        for (; column < TTile.Columns; column++)
        {
            for (int at = 0; at < depth; at++)
            {
                packed[(at * TTile.Columns) + column] = column < width ? b[(column * stride) + at] : 0;
            }
        }
    }
}
