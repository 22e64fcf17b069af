using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = s · x Wᵀ + b</c> in float32, of weights that are float32 or whole numbers of 8 bits. Each output is summed in one
/// order, whatever the number of rows and threads and the type of the weights: a row gets the same bits alone and in
/// company, which a general matrix product does not promise.
/// </summary>
internal static unsafe class FloatProduct
{
    // Rows and outputs of a tile; 16 sums fit in the registers.
    private const int Tile = 4;

    // What a thread takes at a time, and how many floats of x stay in its cache alongside the weights of a tile.
    private const int OutputsPerPart = 64;
    private const int FloatsOfRows = 1 << 17;

    // Fewer products than these are done before a second thread has started.
    private const long FewestProducts = 1 << 18;

    /// <summary>Computes the product on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="weight"><c>[outputs, width]</c></param>
    /// <param name="scale"><c>[outputs]</c>, or null.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="outputs">Outputs.</param>
    /// <typeparam name="TWeight"><see langword="float"/> or <see langword="sbyte"/>.</typeparam>
    public static void Multiply<TWeight>(
        float* rows, TWeight* weight, float* scale, float* bias, float* result, int count, int width, int outputs)
        where TWeight : unmanaged
    {
        Product product = new()
        {
            Rows = rows,
            Weight = weight,
            Scale = scale,
            Bias = bias,
            Result = result,
            Count = count,
            Width = width,
            Outputs = outputs,
        };
        TorchThreads.Run(
            Divide(ref product), &Compute<TWeight>, &product, isShort: (long)count * width * outputs < FewestProducts);
    }

    /// <summary>How many parts a product has; sets what is in one.</summary>
    public static int Divide(ref Product product)
    {
        product.RowsPerPart = Math.Max(Tile, FloatsOfRows / product.Width / Tile * Tile);
        product.OutputParts = (product.Outputs + OutputsPerPart - 1) / OutputsPerPart;
        return product.OutputParts * ((product.Count + product.RowsPerPart - 1) / product.RowsPerPart);
    }

    /// <summary>Computes a block of the product on this thread, without scale and bias.</summary>
    /// <param name="x"><c>[count, width]</c></param>
    /// <param name="w"><c>[outputs, width]</c></param>
    /// <param name="y"><c>[count, outputs]</c>, rows <paramref name="stride"/> apart.</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="stride">From a row of y to the next.</param>
    /// <typeparam name="TWeight"><see langword="float"/> or <see langword="sbyte"/>.</typeparam>
    public static void Block<TWeight>(
        float* x, TWeight* w, float* y, int count, int width, int outputs, int stride)
        where TWeight : unmanaged
    {
        int output = 0;
        for (; output + Tile <= outputs; output += Tile)
        {
            TWeight* weights = w + (long)output * width;
            int row = 0;
            for (; row + Tile <= count; row += Tile)
            {
                FourRows(x + (long)row * width, weights, y + (long)row * stride + output, width, stride);
            }

            for (; row < count; row++)
            {
                OneRow(x + (long)row * width, weights, width).Store(y + (long)row * stride + output);
            }
        }

        for (; output < outputs; output++)
        {
            for (int row = 0; row < count; row++)
            {
                y[(long)row * stride + output] = One(x + (long)row * width, w + (long)output * width, width);
            }
        }
    }

    /// <summary>Computes a part of a product.</summary>
    /// <typeparam name="TWeight"><see langword="float"/> or <see langword="sbyte"/>.</typeparam>
    public static void Compute<TWeight>(void* state, int part)
        where TWeight : unmanaged
    {
        Product* product = (Product*)state;
        int firstOutput = part % product->OutputParts * OutputsPerPart;
        int firstRow = part / product->OutputParts * product->RowsPerPart;
        int outputs = Math.Min(OutputsPerPart, product->Outputs - firstOutput);
        int count = Math.Min(product->RowsPerPart, product->Count - firstRow);
        float* y = product->Result + (long)firstRow * product->Outputs + firstOutput;
        Block(
            product->Rows + (long)firstRow * product->Width,
            (TWeight*)product->Weight + (long)firstOutput * product->Width, y,
            count, product->Width, outputs, product->Outputs);
        for (int row = 0; row < count; row++, y += product->Outputs)
        {
            for (int output = 0; product->Scale != null && output < outputs; output++)
            {
                y[output] *= product->Scale[firstOutput + output];
            }

            for (int output = 0; product->Bias != null && output < outputs; output++)
            {
                y[output] += product->Bias[firstOutput + output];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows<TWeight>(float* x, TWeight* w, float* y, int width, int stride)
        where TWeight : unmanaged
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default;
        int at = 0;
        for (; at + 16 <= width; at += 16)
        {
            Vector512<float> w0 = Load(w + at), w1 = Load(w + width + at);
            Vector512<float> w2 = Load(w + 2 * width + at), w3 = Load(w + 3 * width + at);
            Vector512<float> row = Vector512.Load(x + at);
            a0 = Vector512.FusedMultiplyAdd(w0, row, a0);
            a1 = Vector512.FusedMultiplyAdd(w1, row, a1);
            a2 = Vector512.FusedMultiplyAdd(w2, row, a2);
            a3 = Vector512.FusedMultiplyAdd(w3, row, a3);
            row = Vector512.Load(x + width + at);
            b0 = Vector512.FusedMultiplyAdd(w0, row, b0);
            b1 = Vector512.FusedMultiplyAdd(w1, row, b1);
            b2 = Vector512.FusedMultiplyAdd(w2, row, b2);
            b3 = Vector512.FusedMultiplyAdd(w3, row, b3);
            row = Vector512.Load(x + 2 * width + at);
            c0 = Vector512.FusedMultiplyAdd(w0, row, c0);
            c1 = Vector512.FusedMultiplyAdd(w1, row, c1);
            c2 = Vector512.FusedMultiplyAdd(w2, row, c2);
            c3 = Vector512.FusedMultiplyAdd(w3, row, c3);
            row = Vector512.Load(x + 3 * width + at);
            d0 = Vector512.FusedMultiplyAdd(w0, row, d0);
            d1 = Vector512.FusedMultiplyAdd(w1, row, d1);
            d2 = Vector512.FusedMultiplyAdd(w2, row, d2);
            d3 = Vector512.FusedMultiplyAdd(w3, row, d3);
        }

        Sums(a0, a1, a2, a3).Store(y);
        Sums(b0, b1, b2, b3).Store(y + stride);
        Sums(c0, c1, c2, c3).Store(y + 2 * stride);
        Sums(d0, d1, d2, d3).Store(y + 3 * stride);
        if (at < width)
        {
            for (int row = 0; row < Tile; row++)
            {
                AddRest(x + row * width, w, y + row * stride, at, width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<float> OneRow<TWeight>(float* x, TWeight* w, int width)
        where TWeight : unmanaged
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        int at = 0;
        for (; at + 16 <= width; at += 16)
        {
            Vector512<float> row = Vector512.Load(x + at);
            a0 = Vector512.FusedMultiplyAdd(Load(w + at), row, a0);
            a1 = Vector512.FusedMultiplyAdd(Load(w + width + at), row, a1);
            a2 = Vector512.FusedMultiplyAdd(Load(w + 2 * width + at), row, a2);
            a3 = Vector512.FusedMultiplyAdd(Load(w + 3 * width + at), row, a3);
        }

        Vector128<float> sums = Sums(a0, a1, a2, a3);
        if (at < width)
        {
            AddRest(x, w, (float*)&sums, at, width);
        }

        return sums;
    }

    private static float One<TWeight>(float* x, TWeight* w, int width)
        where TWeight : unmanaged
    {
        Vector512<float> sum = default;
        int at = 0;
        for (; at + 16 <= width; at += 16)
        {
            sum = Vector512.FusedMultiplyAdd(Load(w + at), Vector512.Load(x + at), sum);
        }

        float total = Sums(sum, sum, sum, sum)[0];
        for (; at < width; at++)
        {
            total = MathF.FusedMultiplyAdd(Widen(w[at]), x[at], total);
        }

        return total;
    }

    // The last width % 16 products of four outputs.
    private static void AddRest<TWeight>(float* x, TWeight* w, float* y, int at, int width)
        where TWeight : unmanaged
    {
        for (int output = 0; output < Tile; output++)
        {
            for (int k = at; k < width; k++)
            {
                y[output] = MathF.FusedMultiplyAdd(Widen(w[output * width + k]), x[k], y[output]);
            }
        }
    }

    // The JIT compiles a separate method for each type, and keeps only the branch that is taken.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load<TWeight>(TWeight* weights)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float)
        ? Vector512.Load((float*)weights) : SignedBytes.Load((sbyte*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Widen<TWeight>(TWeight weight)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float) ? *(float*)&weight : *(sbyte*)&weight;

    // The sums of four vectors' elements, each by the same tree.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector128<float> p = Quarter(a), q = Quarter(b), r = Quarter(c), s = Quarter(d);
        if (!Sse.IsSupported)
        {
            return Vector128.Create(Vector128.Sum(p), Vector128.Sum(q), Vector128.Sum(r), Vector128.Sum(s));
        }

        Vector128<float> pq = Sse.UnpackLow(p, q) + Sse.UnpackHigh(p, q);
        Vector128<float> rs = Sse.UnpackLow(r, s) + Sse.UnpackHigh(r, s);
        return Sse.MoveLowToHigh(pq, rs) + Sse.MoveHighToLow(rs, pq);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter(Vector512<float> vector)
    {
        Vector256<float> half = vector.GetLower() + vector.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    /// <summary>A product, as <see cref="Multiply"/> takes it.</summary>
    internal struct Product
    {
        public float* Rows;
        public void* Weight;
        public float* Scale;
        public float* Bias;
        public float* Result;
        public int Count;
        public int Width;
        public int Outputs;
        public int RowsPerPart;
        public int OutputParts;
    }
}
