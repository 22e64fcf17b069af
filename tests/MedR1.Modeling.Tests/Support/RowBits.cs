using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests;

/// <summary>Checks the guarantee of products by the library's CPU kernels.</summary>
internal static class RowBits
{
    /// <summary>Checks that a row has the same bits alone, in a batch, and on any number of threads.</summary>
    /// <param name="input"><c>[rows, width]</c>, at least 64 rows.</param>
    /// <param name="product">Returns <c>[rows, output]</c>; temporaries belong to the current dispose scope.</param>
    public static void AreIndependentOfCompanyAndThreads(Tensor input, Func<Tensor, Tensor> product)
    {
        Tensor all = product(input);
        long rows = input.shape[0];
        foreach (int count in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 19, 25, 64])
        {
            Tensor some = product(input.narrow(0, rows - count, count));
            Assert.True(some.equal(all.narrow(0, rows - count, count)).all().item<bool>());
        }

        foreach (int threads in (int[])[1, .. ThreadCounts.Others])
        {
            Assert.True(all.equal(ThreadCounts.Run(threads, () => product(input))).all().item<bool>(), $"{threads} threads");
        }
    }
}
