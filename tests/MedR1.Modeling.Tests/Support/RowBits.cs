using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests;

/// <summary>What products of the library promise in float32 on the CPU.</summary>
internal static class RowBits
{
    /// <summary>A row has the same bits alone, in company, and on any number of threads.</summary>
    /// <param name="input"><c>[143, width]</c></param>
    /// <param name="product">Gives <c>[rows, output]</c>; temporaries go to the current dispose scope.</param>
    public static void AreIndependentOfCompanyAndThreads(Tensor input, Func<Tensor, Tensor> product)
    {
        Tensor all = product(input);
        foreach (int count in (int[])[1, 2, 5, 8, 64])
        {
            Tensor some = product(input.narrow(0, 143 - count, count));
            Assert.True(some.equal(all.narrow(0, 143 - count, count)).all().item<bool>());
        }

        int threads = get_num_threads();
        try
        {
            set_num_threads(1);
            Assert.True(all.equal(product(input)).all().item<bool>());
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
