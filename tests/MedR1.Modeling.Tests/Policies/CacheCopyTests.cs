using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Policies;

public sealed class CacheCopyTests
{
    [Fact]
    public void Rows_are_copied_up_to_the_length_in_every_layer()
    {
        using SlotKeyValueCache cache = new(2, 1, 2, 1, 4, 3, 3, CPU, ScalarType.Float32);
        for (int layer = 0; layer < 2; layer++)
        {
            cache.Rows(layer).Keys.copy_(arange(24, ScalarType.Float32).view(4, 1, 3, 2).add(100 * layer));
            cache.Rows(layer).Values.copy_(arange(24, ScalarType.Float32).view(4, 1, 3, 2).add(1000 + 100 * layer));
        }

        cache.CopyRows([new RowCopy(0, 3), new RowCopy(1, 2)], 2);

        // Slot 3 contained 18 … 23: its first two tokens are now those of slot 0, its third is unchanged.
        Assert.Equal([0f, 1, 2, 3, 22, 23], cache.Rows(0).Keys[3].data<float>().ToArray());
        Assert.Equal([6f, 7, 8, 9, 16, 17], cache.Rows(0).Keys[2].data<float>().ToArray());
        Assert.Equal([1100f, 1101, 1102, 1103, 1122, 1123], cache.Rows(1).Values[3].data<float>().ToArray());
        Assert.Equal([0f, 1, 2, 3, 4, 5], cache.Rows(0).Keys[0].data<float>().ToArray());
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(1, 1)]
    public void Rows_that_do_not_exist_or_are_their_own_copy_are_refused(int from, int to)
    {
        using SlotKeyValueCache cache = new(1, 1, 2, 1, 4, 3, 3, CPU, ScalarType.Float32);
        Assert.Throws<ArgumentException>(() => cache.CopyRows([new RowCopy(from, to)], 1));
    }

    [Fact]
    public void Rows_that_another_copy_reads_or_writes_and_more_tokens_than_fit_are_refused()
    {
        using SlotKeyValueCache cache = new(1, 1, 2, 1, 4, 3, 3, CPU, ScalarType.Float32);
        Assert.Throws<ArgumentException>(() => cache.CopyRows([new RowCopy(1, 0), new RowCopy(2, 1)], 1));
        Assert.Throws<ArgumentException>(() => cache.CopyRows([new RowCopy(1, 0), new RowCopy(2, 0)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.CopyRows([new RowCopy(1, 0)], 4));
        cache.CopyRows([new RowCopy(1, 0), new RowCopy(1, 3)], 3);
    }

    [Fact]
    public void No_rows_and_no_tokens_are_copied_too()
    {
        using SlotKeyValueCache cache = new(1, 1, 2, 1, 2, 3, 3, CPU, ScalarType.Float32);
        cache.Rows(0).Keys.copy_(arange(12, ScalarType.Float32).view(2, 1, 3, 2));
        cache.CopyRows([], 2);
        cache.CopyRows([new RowCopy(0, 1)], 0);
        Assert.Equal([6f, 7, 8, 9, 10, 11], cache.Rows(0).Keys[1].data<float>().ToArray());
    }
}
