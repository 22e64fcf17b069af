using TorchSharp;

namespace MedR1.Modeling;

/// <content>Attention.</content>
public static partial class FusedOperators
{
    // The number of queries that libtorch's attention processes at a time.
    private const int QueriesOfBlock = 32;

    /// <summary>
    /// Computes attention, softmax(q kᵀ · scale + mask) v, by the fastest suitable kernel. bfloat16 is widened to float32 on CPUs for
    /// which libtorch has no vectorized bfloat16 products.
    /// </summary>
    /// <param name="query">Queries <c>[B, H, T, D]</c>.</param>
    /// <param name="key">Keys <c>[B, K, S, D]</c>.</param>
    /// <param name="value">Values <c>[B, K, S, D]</c>.</param>
    /// <param name="mask">
    /// The attention mask, broadcast to <c>[B, H, T, S]</c>: booleans, true where a query attends to a key, or a bias of the data type
    /// of <paramref name="query"/> that is added to the scores; <see langword="null"/> for no mask.
    /// </param>
    /// <param name="isCausal">Whether query t attends only to keys 0..t; cannot be combined with a mask.</param>
    /// <param name="scale">Factor applied to the scores; <see langword="null"/> for 1/√D.</param>
    /// <param name="enableGqa">Whether query head h uses key-value head h / (H / K); required if K differs from H.</param>
    /// <returns>The attended values <c>[B, H, T, D]</c>.</returns>
    /// <exception cref="TorchOperatorException">The operator rejected its arguments.</exception>
    public static torch.Tensor ScaledDotProductAttention(
        torch.Tensor query,
        torch.Tensor key,
        torch.Tensor value,
        torch.Tensor? mask = null,
        bool isCausal = false,
        double? scale = null,
        bool enableGqa = false)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);

        // Arguments of different types are passed on to the operator, which rejects them.
        bool isBrainFloat = ((torch.Tensor?[])[query, key, value, mask]).All(
            input => input is null || input.dtype == torch.ScalarType.BFloat16 || (input.dtype == torch.ScalarType.Bool && ReferenceEquals(input, mask)));
        if (isBrainFloat && WidenedProduct.Serves(query.dtype, query.device_type))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            return ScaledDotProductAttention(
                WidenedProduct.Wide(query), WidenedProduct.Wide(key), WidenedProduct.Wide(value),
                mask?.dtype == torch.ScalarType.BFloat16 ? WidenedProduct.Wide(mask) : mask, isCausal, scale, enableGqa)
                .to(query.dtype).MoveToOuterDisposeScope();
        }

        bool isSmall = query.dtype == torch.ScalarType.Float32 && query.device_type == DeviceType.CPU
            && query.dim() == 4 && query.shape[2] is > 0 and < QueriesOfBlock
            && (mask is null || mask.dim() < 2 || mask.shape[^2] == 1 || mask.shape[^2] == query.shape[2]);
        return isSmall
            ? AttendInWholeBlock(query, key, value, mask, isCausal, scale, enableGqa)
            : Attend(query, key, value, mask, isCausal, scale, enableGqa);
    }

    // With fewer queries than a block, libtorch's thread buffers have odd sizes, and the last bits of its products depend on their memory
    // alignment, that is on the thread and on the other rows.
    private static torch.Tensor AttendInWholeBlock(
        torch.Tensor query, torch.Tensor key, torch.Tensor value, torch.Tensor? mask, bool isCausal, double? scale, bool enableGqa)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor? wholeMask = mask is not null && mask.dim() > 1 && mask.shape[^2] > 1 ? Whole(mask) : mask;
        torch.Tensor attended;
        try
        {
            attended = Attend(Whole(query), key, value, wholeMask, isCausal, scale, enableGqa);
        }
        catch (TorchOperatorException)
        {
            // Repeated with the original arguments, so that the message contains their shapes.
            attended = Attend(query, key, value, mask, isCausal, scale, enableGqa);
        }

        return attended.narrow(2, 0, query.shape[2]).MoveToOuterDisposeScope();
    }

    private static torch.Tensor Attend(
        torch.Tensor query, torch.Tensor key, torch.Tensor value, torch.Tensor? mask, bool isCausal, double? scale, bool enableGqa)
    {
        using OperatorCall call = new("aten::scaled_dot_product_attention"u8, ""u8);
        const double Dropout = 0;
        call.Add(query);
        call.Add(key);
        call.Add(value);
        call.AddOptional(mask);
        call.Add(Dropout);
        call.Add(isCausal);
        call.AddOptional(scale);
        call.Add(enableGqa);
        return call.Invoke();
    }

    // Pads queries with zeros, [..., T, n] to [..., QueriesOfBlock, n]. In a mask, the padding attends to everything.
    private static torch.Tensor Whole(torch.Tensor rows) => torch.nn.functional.pad(
        rows, [0, 0, 0, QueriesOfBlock - rows.shape[^2]], value: rows.dtype == torch.ScalarType.Bool ? 1 : 0);
}
