using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The matrix of a frozen linear layer in 8 bits: integers q and a scale s for each output, W ≈ s · q, where s is the row's
/// largest absolute weight / 127 (absmax quantization, Dettmers et al., arXiv 2208.07339, section 2.1, by rows of the weight as
/// in section 3.1; inputs are not quantized). Products are computed with the integers, which every data type in use represents
/// exactly, and scaled afterwards, so that sampling and training multiply by the same weights.
/// </summary>
public sealed class QuantizedWeight
{
    private const double LargestCode = 127;

    // Avoids a scale of 0, and a division by it, for a row of zeros.
    private const double SmallestScale = 1e-30;

    // libtorch uses several threads for twice as many elements or more. Loading already uses one thread per processor, and more
    // threads would spin while they wait for each other.
    private const long NumbersAtOnce = 1 << 14;

    internal QuantizedWeight(Parameter codes, Parameter scale)
    {
        Codes = codes;
        Scale = scale;
        (Rows, Width) = (codes.shape[0], codes.shape[1]);
    }

    /// <summary>The number of outputs.</summary>
    public long Rows { get; }

    /// <summary>The width of the input.</summary>
    public long Width { get; }

    /// <summary>The failure of a backward pass through this weight.</summary>
    internal BackwardFailure Failure { get; } = new(
        "The last backward pass could not multiply by an 8-bit matrix", "Free memory, or make the batch smaller.");

    /// <summary><c>[output, input]</c> int8.</summary>
    internal Parameter Codes { get; }

    /// <summary><c>[output]</c> float32.</summary>
    internal Parameter Scale { get; }

    /// <summary>Reads and quantizes a matrix, a few rows at a time, to keep memory low.</summary>
    /// <param name="reader">The checkpoint.</param>
    /// <param name="name">The name of the matrix in the checkpoint.</param>
    /// <param name="cancellationToken">Cancels between rows.</param>
    /// <exception cref="ArgumentException">The checkpoint has no such tensor, or its shape differs.</exception>
    /// <exception cref="SafetensorsFormatException">
    /// A weight is not finite, or the file has become shorter since it was opened.
    /// </exception>
    public void Load(CheckpointReader reader, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.Entries.GetValueOrDefault(name)?.Shape is not { Count: 2 } shape || !shape.SequenceEqual([Rows, Width]))
        {
            throw new ArgumentException(
                $"'{reader.Folder}' has no tensor '{name}' of shape [{Rows}, {Width}]; use the checkpoint of this model.",
                nameof(name));
        }

        long rowsAtOnce = Math.Max(1, NumbersAtOnce / Width);
        for (long row = 0; row < Rows; row += rowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Tensor rows = reader.LoadRows(name, row, Math.Min(rowsAtOnce, Rows - row));
            if (!TrySetRows(row, rows))
            {
                throw new SafetensorsFormatException(
                    reader.FileOf(name), name, $"a weight in rows {row} to {row + rows.shape[0] - 1} is infinite or not a number",
                    "It can't be stored in 8 bits: use another checkpoint, or load it without quantization.");
            }
        }
    }

    /// <summary>Quantizes consecutive rows and stores them.</summary>
    /// <param name="firstRow">The index of the first row.</param>
    /// <param name="rows"><c>[rows, input]</c> of any floating-point type.</param>
    /// <returns><see langword="false"/> if a weight is not finite; nothing is stored then.</returns>
    internal bool TrySetRows(long firstRow, Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor wide = rows.to(ScalarType.Float32);
        Tensor largest = wide.abs().amax(1);
        if (!largest.isfinite().all().item<bool>())
            return false;
        Tensor scale = largest.DividedBy(LargestCode).Limited(least: SmallestScale);
        Tensor codes = (wide / scale.unsqueeze(1)).round().to(ScalarType.Int8);
        Codes.narrow(0, firstRow, rows.shape[0]).copy_(codes);
        Scale.narrow(0, firstRow, rows.shape[0]).copy_(scale);
        return true;
    }

    /// <summary>Computes the effective weights, s · q.</summary>
    /// <param name="type">The data type of the result.</param>
    /// <returns><c>[output, input]</c>; the caller disposes it.</returns>
    public Tensor Dequantize(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        return (Codes.to(ScalarType.Float32) * Scale.unsqueeze(1)).to(type).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes <c>y = x Wᵀ + b</c>, with gradients for x and b. Without gradient, the CPU kernels read one byte per weight; in
    /// float32, each row is then independent of the other rows, bit for bit.
    /// </summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or <see langword="null"/> for none.</param>
    /// <returns><c>[…, output]</c> in the data type of the input.</returns>
    /// <exception cref="InvalidOperationException">The previous backward pass failed, for example for lack of memory.</exception>
    public Tensor Apply(Tensor input, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        Failure.ThrowIfAny();
        using DisposeScope scope = NewDisposeScope();
        if (QuantizedProduct.Fits(input, this, bias))
            return QuantizedProduct.Multiply(input, this, bias).MoveToOuterDisposeScope();
        Tensor product = is_grad_enabled() && input.requires_grad
            ? QuantizedProductFunction.apply(input, this) : Multiply(input);
        return (bias is null ? product : product.Plus(bias)).to(input.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>x Wᵀ</c> without gradient, as float32 or wider; the integers are widened temporarily.</summary>
    internal Tensor Multiply(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        ScalarType type = FactorType(input.dtype, input.device_type);
        return (nn.functional.linear(input.to(type), Codes.to(type)) * Scale).MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>g W</c>, the gradient of the product with respect to its input.</summary>
    internal Tensor MultiplyTransposed(Tensor gradient, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        ScalarType factors = FactorType(type, gradient.device_type);
        return (gradient * Scale).to(factors).matmul(Codes.to(factors)).to(type).MoveToOuterDisposeScope();
    }

    // The 8-bit integers are exact in every type returned.
    private static ScalarType FactorType(ScalarType type, DeviceType device) =>
        WidenedProduct.Serves(type, device) ? ScalarType.Float32 : type;
}
