namespace MedR1.Rewards;

/// <summary>
/// Finds the one-to-one assignment of rows to columns with the largest sum by the Hungarian method in O(n²·m) (Kuhn 1955; the
/// variant with potentials).
/// </summary>
internal static class Assignment
{
    public static double LargestSum(double[,] gains)
    {
        bool turn = gains.GetLength(0) > gains.GetLength(1);
        (int rows, int columns) = turn
            ? (gains.GetLength(1), gains.GetLength(0)) : (gains.GetLength(0), gains.GetLength(1));
        double Cost(int row, int column) => -(turn ? gains[column, row] : gains[row, column]);

        // Index 0 stands for "none"; rows and columns count from 1.
        double[] rowPotential = new double[rows + 1];
        double[] columnPotential = new double[columns + 1];
        int[] rowOf = new int[columns + 1];
        for (int row = 1; row <= rows; row++)
        {
            int[] before = new int[columns + 1];
            double[] slack = new double[columns + 1];
            bool[] reached = new bool[columns + 1];
            Array.Fill(slack, double.PositiveInfinity);
            rowOf[0] = row;
            int at = 0;
            do
            {
                reached[at] = true;
                (double least, int next) = (double.PositiveInfinity, 0);
                for (int column = 1; column <= columns; column++)
                {
                    if (reached[column])
                    {
                        continue;
                    }

                    double reduced = Cost(rowOf[at] - 1, column - 1)
                        - rowPotential[rowOf[at]] - columnPotential[column];
                    if (reduced < slack[column])
                    {
                        (slack[column], before[column]) = (reduced, at);
                    }

                    if (slack[column] < least)
                    {
                        (least, next) = (slack[column], column);
                    }
                }

                for (int column = 0; column <= columns; column++)
                {
                    if (reached[column])
                    {
                        rowPotential[rowOf[column]] += least;
                        columnPotential[column] -= least;
                    }
                    else
                    {
                        slack[column] -= least;
                    }
                }

                at = next;
            }
            while (rowOf[at] != 0);

            while (at != 0)
            {
                rowOf[at] = rowOf[before[at]];
                at = before[at];
            }
        }

        return -Enumerable.Range(1, columns).Where(column => rowOf[column] != 0)
            .Sum(column => Cost(rowOf[column] - 1, column - 1));
    }
}
