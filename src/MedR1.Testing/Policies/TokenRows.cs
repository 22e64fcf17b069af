using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>Rows of tokens of different lengths: which places hold one, and what a model says of each.</summary>
internal sealed class TokenRows(IReadOnlyList<int>[] rows, Device device)
{
    public int Longest { get; } = rows.Max(row => row.Count);

    public static int[] Pad(IReadOnlyList<int> tokens, int length) =>
        [.. tokens, .. Enumerable.Repeat(ByteTokenizer.PadTokenId, length - tokens.Count)];

    /// <summary>[B, T]: whether a row has a token there.</summary>
    public Tensor Mask() =>
        TensorArithmetic.CountTo(Longest, device).lt(
            tensor(rows.Select(row => (long)row.Count).ToArray(), device: device).unsqueeze(1));

    /// <summary>[B, T]: the log-probability of each row's own tokens, 0 behind its end.</summary>
    public Tensor Chosen(Tensor all_BTV, Tensor mask_BT)
    {
        long[] ids = [.. rows.SelectMany(row => Pad(row, Longest)).Select(id => (long)id)];
        Tensor ids_BT = tensor(ids, [rows.Length, Longest], device: device);
        return all_BTV.gather(2, ids_BT.unsqueeze(2)).squeeze(2).FilledWhere(mask_BT.logical_not(), 0);
    }
}
