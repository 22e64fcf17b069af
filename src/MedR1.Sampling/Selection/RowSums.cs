using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Sums over rows, where the bits of a row's sum don't depend on the number of rows.</summary>
internal static class RowSums
{
    /// <summary>
    /// On the CPU, libtorch sums a single row of 32,768 elements or more in one part per thread, but several rows in one piece each. A
    /// single row is therefore summed twice.
    /// </summary>
    /// <param name="rows"><c>[rows, elements]</c></param>
    /// <param name="sum">Returns <c>[rows]</c>, a sum of some kind of each row.</param>
    public static Tensor Of(Tensor rows, Func<Tensor, Tensor> sum) =>
        rows.shape[0] == 1 && rows.device_type == DeviceType.CPU ? sum(rows.expand(2, -1)).narrow(0, 0, 1) : sum(rows);
}
