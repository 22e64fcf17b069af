using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The gradients of a linear layer in float32 on the CPU, by <see cref="TileProduct"/>.</summary>
internal static unsafe class TileGradients
{
    /// <summary>Computes <c>dX = dY W</c>.</summary>
    /// <param name="gradient"><c>[…, output]</c></param>
    /// <param name="weight"><c>[output, input]</c>, contiguous.</param>
    /// <returns><c>[…, input]</c></returns>
    public static Tensor InputGradient(Tensor gradient, Tensor weight)
    {
        using Tensor given = gradient.contiguous();
        int outputs = (int)weight.shape[0], width = (int)weight.shape[1];
        Tensor result = Floats([.. gradient.shape[..^1], width]);
        TileProduct.Multiply(
            Address(given), false, Address(weight), false, Address(result), (int)(given.numel() / outputs), width, outputs);
        return result;
    }

    /// <summary>Computes <c>dW = dYᵀ X</c>.</summary>
    /// <param name="gradient"><c>[rows, output]</c></param>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <returns><c>[output, input]</c></returns>
    public static Tensor WeightGradient(Tensor gradient, Tensor input)
    {
        using Tensor given = gradient.contiguous(), rows = input.contiguous();
        int outputs = (int)given.shape[1], width = (int)rows.shape[1];
        Tensor result = Floats([outputs, width]);
        TileProduct.Multiply(
            Address(given), true, Address(rows), false, Address(result), outputs, width, (int)rows.shape[0]);
        return result;
    }

    // Independent of the application's default type and device, because the kernel writes to the memory directly.
    private static Tensor Floats(long[] shape) => empty(shape, dtype: ScalarType.Float32, device: CPU);

    private static float* Address(Tensor tensor) => (float*)TensorMemory.AddressOf(tensor);
}
