namespace MedR1.Modeling.Tests.Kernels;

public sealed unsafe class RowInterleavingTests
{
    // 19 rows are groups of 6, 6 and 7; a part of them is 192 columns, so that 224 take two.
    [Theory]
    [InlineData(1, 64)]
    [InlineData(8, 1536)]
    [InlineData(9, 96)]
    [InlineData(19, 224)]
    public void The_columns_of_a_register_follow_each_other_row_by_row_in_each_group(int rows, int width)
    {
        ushort[] source = [.. Enumerable.Range(0, rows * width).Select(number => (ushort)number)];
        ushort[] target = new ushort[source.Length];
        fixed (ushort* from = source, to = target)
        {
            RowInterleaving.Job job = new(from, to, rows, width);
            for (int part = 0; part < RowInterleaving.Divide(job); part++)
            {
                RowInterleaving.Compute(&job, part);
            }
        }

        List<ushort> expected = [];
        int groups = (rows + 7) / 8;
        for (int group = 0; group < groups; group++)
        {
            int[] members = [.. Enumerable.Range(0, rows).Where(row => row >= rows * group / groups && row < rows * (group + 1) / groups)];
            for (int column = 0; column < width; column += 32)
            {
                foreach (int row in members)
                {
                    expected.AddRange(source.AsSpan((row * width) + column, 32));
                }
            }
        }

        Assert.Equal(expected, target);
    }
}
