using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Products with a bfloat16 matrix, with sums in float32 that are rounded once, for CPUs on which libtorch's bfloat16 products are
/// scalar. The matrix is widened in parts, because a full float32 copy would take twice its memory.
/// </summary>
internal static class WidenedProduct
{
    // 16 MiB in float32.
    private const long MostWidened = 1 << 22;

    /// <summary>Whether libtorch's products of a data type are slow on a device of this machine.</summary>
    /// <param name="type">The data type of the factors.</param>
    /// <param name="device">The device type.</param>
    public static bool Serves(ScalarType type, DeviceType device) =>
        type == ScalarType.BFloat16 && device == DeviceType.CPU && !ProductAttention.HasFastBFloat16;

    /// <summary>Computes <c>x Wᵀ + b</c>.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or null.</param>
    /// <returns><c>[…, output]</c></returns>
    public static Tensor Multiply(Tensor input, Tensor weight, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = Wide(input);
        return InParts(weight.shape[0], weight.shape[1], (first, count) => nn.functional.linear(
                wide, Wide(weight.narrow(0, first, count)), bias is null ? null : Wide(bias.narrow(0, first, count))), -1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>dY W</c>, the gradient of the input.</summary>
    /// <param name="gradient"><c>[…, output]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <returns><c>[…, input]</c></returns>
    public static Tensor InputGradient(Tensor gradient, Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = Wide(gradient);
        return InParts(
                weight.shape[1], weight.shape[0], (first, count) => wide.matmul(Wide(weight.narrow(1, first, count))), -1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>dYᵀ X</c>, the gradient of the weights.</summary>
    /// <param name="gradient"><c>[rows, output]</c></param>
    /// <param name="input"><c>[rows, input]</c></param>
    /// <returns><c>[output, input]</c></returns>
    public static Tensor WeightGradient(Tensor gradient, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = Wide(input);
        return InParts(
                gradient.shape[1], input.shape[1], (first, count) => Wide(gradient.narrow(1, first, count)).t().matmul(wide), 0)
            .MoveToOuterDisposeScope();
    }

    private static Tensor InParts(long all, long numbersOfEach, Func<long, long, Tensor> product, long dimension)
    {
        long atOnce = Math.Max(1, MostWidened / numbersOfEach);
        List<Tensor> parts = [];
        for (long first = 0; first < all; first += atOnce)
        {
            using DisposeScope scope = NewDisposeScope();
            parts.Add(product(first, Math.Min(atOnce, all - first)).to(ScalarType.BFloat16).MoveToOuterDisposeScope());
        }

        return parts.Count == 1 ? parts[0] : cat(parts, dimension);
    }

    /// <summary>Converts a tensor to float32.</summary>
    public static Tensor Wide(Tensor numbers) => numbers.to(ScalarType.Float32);
}
