using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>Rows of tokens of different lengths, with their mask and their scores under a model.</summary>
internal sealed class TokenRows(IReadOnlyList<int>[] rows, Device device)
{
    public int Longest { get; } = rows.Max(row => row.Count);

    public static int[] Pad(IReadOnlyList<int> tokens, int length) =>
        [.. tokens, .. Enumerable.Repeat(ByteTokenizer.PadTokenId, length - tokens.Count)];

    /// <summary>Log-probabilities and entropies of each row's own tokens, computed as for any other model.</summary>
    /// <param name="logits_BTV">[B, T, V]: the model's prediction at each position.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    public TokenStatistics Score(Tensor logits_BTV, TokenStatisticsOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] ids = [.. rows.SelectMany(row => Pad(row, Longest)).Select(id => (long)id)];
        Tensor targets_BT = tensor(ids, [rows.Length, Longest], device: device);
        Tensor sources_BT = TensorArithmetic.CountTo(ids.Length, device).view(targets_BT.shape);
        Tensor mask_BT = TensorArithmetic.CountTo(Longest, device).lt(
            tensor(rows.Select(row => (long)row.Count).ToArray(), device: device).unsqueeze(1));
        return TokenScores.Compute(logits_BTV.reshape(ids.Length, -1), sources_BT, targets_BT, mask_BT, options)
            .MoveToOuterDisposeScope();
    }
}
