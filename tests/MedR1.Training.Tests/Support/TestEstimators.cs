using MedR1.Losses;

namespace MedR1.Training.Tests;

/// <summary>The difference from the median of the group, as a user would write it.</summary>
/// <param name="Scale">What the difference is multiplied by.</param>
internal sealed record MedianBaseline(double Scale = 1) : IAdvantageEstimator
{
    public AdvantageResult Compute(AdvantageInputs inputs)
    {
        double[] advantages = new double[inputs.Count];
        foreach (AdvantageGroup group in inputs.Groups)
        {
            double[] sorted = [.. group.Totals.Order()];
            double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
            foreach ((int row, double total) in group.Rows.Zip(group.Totals))
            {
                advantages[row] = Scale * (total - median);
            }
        }

        return inputs.ToResult(advantages);
    }
}

/// <summary>Calls a function, and keeps what it was given.</summary>
internal sealed class DelegateEstimator(Func<AdvantageInputs, IReadOnlyList<double>> function) : IAdvantageEstimator
{
    public List<AdvantageInputs> Given { get; } = [];

    public AdvantageResult Compute(AdvantageInputs inputs)
    {
        Given.Add(inputs);
        return inputs.ToResult(function(inputs));
    }
}
