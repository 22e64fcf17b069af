using MathNet.Numerics.Distributions;

namespace MedR1.Samples.Comparison;

/// <summary>The results of a method over its seeds.</summary>
internal sealed record MethodSummary(Method Method, IReadOnlyList<Cell> Cells)
{
    private const double Confidence = 0.95;

    public double Accuracy => Cells.Average(cell => cell.Accuracy);

    public double FormFraction => Cells.Average(cell => cell.FormFraction);

    /// <summary>
    /// Half the width of the mean's confidence interval: t · s / √n, with Student's t of n − 1 degrees of freedom; null for one seed.
    /// </summary>
    public double? HalfWidth
    {
        get
        {
            int count = Cells.Count;
            if (count < 2)
            {
                return null;
            }

            double deviation = Math.Sqrt(Cells.Sum(cell => Math.Pow(cell.Accuracy - Accuracy, 2)) / (count - 1));
            return StudentT.InvCDF(0, 1, count - 1, (1 + Confidence) / 2) * deviation / Math.Sqrt(count);
        }
    }

    /// <summary>The mean of a cost over the seeds; null if there was no training.</summary>
    public double? MeanCost(Func<Cost, double> cost) =>
        Cells.Any(cell => cell.Cost is null) ? null : Cells.Average(cell => cost(cell.Cost!));

    /// <summary>The fraction of the returns' variance that the critic predicted at the end; null without a critic.</summary>
    public double? ExplainedVariance => Cells.Select(cell => cell.Cost?.ExplainedVariance).Average();
}
