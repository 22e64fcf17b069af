using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = s · x Wᵀ + b</c> in float32, with float32 or 8-bit integer weights. The order of summation does not depend on the
/// number of rows and threads or the type of the weights, so that the result of a row is independent of the other rows, bit
/// for bit, which a general matrix product does not guarantee.
/// </summary>
internal static unsafe partial class FloatProduct
{
    private const int OutputsOfTile = 4;

    // The number of partial sums per output: products at this distance are added to the same partial sum.
    private const int Lanes = 16;

    // The size of a part: its outputs, and the number of floats of x that stay in the cache alongside the weights of a tile.
    private const int OutputsPerPart = 64;
    private const int FloatsOfRows = 1 << 17;

    // Fewer products than this take less time than starting a second thread.
    private const long FewestProducts = 1 << 18;

    private static int RowsOfTile => Vector512.IsHardwareAccelerated ? 4 : 3;

    /// <summary>Computes the product on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="weight"><c>[outputs, width]</c></param>
    /// <param name="scale"><c>[outputs]</c>, or null.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="outputs">The number of outputs.</param>
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

    /// <summary>Divides a product into parts, sets their size and returns their number.</summary>
    public static int Divide(ref Product product)
    {
        product.RowsPerPart = Math.Max(1, FloatsOfRows / product.Width / RowsOfTile) * RowsOfTile;
        product.OutputParts = (product.Outputs + OutputsPerPart - 1) / OutputsPerPart;
        return product.OutputParts * ((product.Count + product.RowsPerPart - 1) / product.RowsPerPart);
    }

    /// <summary>Computes a block of the product on this thread, without scale and bias.</summary>
    /// <param name="x"><c>[count, width]</c></param>
    /// <param name="w"><c>[outputs, width]</c></param>
    /// <param name="y"><c>[count, outputs]</c></param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="stride">The distance between rows of y.</param>
    /// <typeparam name="TWeight"><see langword="float"/> or <see langword="sbyte"/>.</typeparam>
    public static void Block<TWeight>(
        float* x, TWeight* w, float* y, int count, int width, int outputs, int stride)
        where TWeight : unmanaged
    {
        int output = 0;
        for (; output + OutputsOfTile <= outputs; output += OutputsOfTile)
        {
            TWeight* weights = w + (long)output * width;
            int row = 0;
            for (; row + RowsOfTile <= count; row += RowsOfTile)
            {
                SomeRows(x + (long)row * width, weights, y + (long)row * stride + output, width, stride);
            }

            for (; row < count; row++)
            {
                OneRow(x + (long)row * width, weights, y + (long)row * stride + output, width);
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

    private static void SomeRows<TWeight>(float* x, TWeight* w, float* y, int width, int stride)
        where TWeight : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
        {
            FourWideRows(x, w, y, width, stride);
        }
        else
        {
            ThreeNarrowRows(x, w, y, width, stride);
        }

        for (int row = 0; width % Lanes != 0 && row < RowsOfTile; row++)
        {
            AddRest(x + (row * width), w, y + (row * stride), width);
        }
    }

    private static void OneRow<TWeight>(float* x, TWeight* w, float* y, int width)
        where TWeight : unmanaged
    {
        (Vector512.IsHardwareAccelerated ? OneWideRow(x, w, width) : OneNarrowRow(x, w, width)).Store(y);
        if (width % Lanes != 0)
        {
            AddRest(x, w, y, width);
        }
    }

    private static float One<TWeight>(float* x, TWeight* w, int width)
        where TWeight : unmanaged
    {
        Vector512<float> sum = default;
        int at = 0;
        for (; at + Lanes <= width; at += Lanes)
        {
            sum = Vector512.FusedMultiplyAdd(Load(w + at), Vector512.Load(x + at), sum);
        }

        Vector256<float> half = Half(sum);
        float total = Sums(half, half, half, half)[0];
        for (; at < width; at++)
        {
            total = MathF.FusedMultiplyAdd(Widen(w[at]), x[at], total);
        }

        return total;
    }

    // Adds the remaining products of four outputs, which don't fill a register.
    private static void AddRest<TWeight>(float* x, TWeight* w, float* y, int width)
        where TWeight : unmanaged
    {
        for (int output = 0; output < OutputsOfTile; output++)
        {
            for (int k = width / Lanes * Lanes; k < width; k++)
            {
                y[output] = MathF.FusedMultiplyAdd(Widen(w[output * width + k]), x[k], y[output]);
            }
        }
    }

    // The JIT compiles a separate method for each type and eliminates the other branch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load<TWeight>(TWeight* weights)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float)
        ? Vector512.Load((float*)weights) : SignedBytes.Load((sbyte*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Widen<TWeight>(TWeight weight)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float) ? *(float*)&weight : *(sbyte*)&weight;

    // Reduces the partial sums of four outputs, each in the same order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
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
    private static Vector128<float> Quarter(Vector256<float> half) => half.GetLower() + half.GetUpper();

    /// <summary>The arguments of <see cref="Multiply"/>.</summary>
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
