using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Checks the arguments of <see cref="FusedLogProbabilities"/>.</summary>
internal static class FusedGuards
{
    public static void Check(
        Tensor hidden, Tensor weight, Tensor index, Tensor? bias, Tensor? mask, FusedLogProbabilityOptions options)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(index);
        Guard.FloatingPoint(hidden, nameof(hidden));
        Guard.Temperature(options.Temperature, nameof(options.Temperature));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunkSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowChunkSize, 1);
        if (hidden.dim() != 2 || weight.dim() != 2 || hidden.shape[1] != weight.shape[1] || weight.shape[0] == 0)
        {
            throw new ArgumentException(
                $"hidden has shape {Guard.Show(hidden)} and weight {Guard.Show(weight)}, expected [N, H] and [V, H]: "
                + "flatten rows and columns of hidden, and don't transpose the weight.",
                nameof(hidden));
        }

        if (weight.dtype != hidden.dtype || (bias is not null && bias.dtype != hidden.dtype))
        {
            throw new ArgumentException(
                $"hidden is of type {hidden.dtype}, weight of {weight.dtype}"
                + (bias is null ? "" : $", bias of {bias.dtype}") + ": convert them to one type.",
                nameof(weight));
        }

        if (bias is not null && (bias.dim() != 1 || bias.shape[0] != weight.shape[0]))
        {
            throw new ArgumentException(
                $"bias has shape {Guard.Show(bias)}, expected [{weight.shape[0]}]: one for each row of weight.",
                nameof(bias));
        }

        Guard.Tokens(index, nameof(index));
        Guard.Rows(index, hidden, nameof(index), nameof(hidden));
        if (mask is not null)
        {
            Guard.Rows(mask, hidden, nameof(mask), nameof(hidden));
        }

        foreach (int token in options.SuppressedTokenIds)
        {
            if (token < 0 || token >= weight.shape[0])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(options), token, $"SuppressedTokenIds contains a token outside 0 to {weight.shape[0] - 1}.");
            }
        }
    }

    public static void CheckTokens(Tensor index, long vocabulary)
    {
        if (index.numel() == 0)
        {
            return;
        }

        (long least, long most) = (index.amin(0).item<long>(), index.amax(0).item<long>());
        if (least < 0 || most >= vocabulary)
        {
            throw new ArgumentException(
                $"index contains tokens from {least} to {most}, expected 0 to {vocabulary - 1}: mask out rows without a "
                + "token.",
                nameof(index));
        }
    }
}
