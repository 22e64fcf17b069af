using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Sums over rows that give a row the same bits alone as in company.</summary>
internal static class RowSums
{
    /// <summary>
    /// On the CPU libtorch adds up a single row of 32,768 elements or more in another order, with a part for each thread, than
    /// several rows, each in one piece. So a single row is given twice.
    /// </summary>
    /// <param name="rows"><c>[rows, elements]</c></param>
    /// <param name="sum">Gives <c>[rows]</c>, a sum of some kind of each row.</param>
    public static Tensor Of(Tensor rows, Func<Tensor, Tensor> sum) =>
        rows.shape[0] == 1 && rows.device_type == DeviceType.CPU ? sum(rows.expand(2, -1)).narrow(0, 0, 1) : sum(rows);
}
