using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>What a step chose for a row, on the host.</summary>
/// <param name="Id">The token; −1 where none could be chosen.</param>
/// <param name="LogProbability">Under the temperature-scaled distribution without the suppressed tokens.</param>
/// <param name="DrawnLogProbability">Under the distribution drawn from.</param>
internal readonly record struct ChosenToken(int Id, float LogProbability, float DrawnLogProbability)
{
    /// <summary>Reads what <see cref="ChosenTokens.Stacked"/> gave.</summary>
    /// <param name="stacked_3N">What it gave, on the host.</param>
    /// <param name="rows">How many of the N rows are read.</param>
    public static ChosenToken[] Read(Tensor stacked_3N, int rows)
    {
        double[] values = stacked_3N.data<double>().ToArray();
        int length = values.Length / 3;
        return [.. Enumerable.Range(0, rows).Select(row =>
            new ChosenToken((int)values[row], (float)values[length + row], (float)values[2 * length + row]))];
    }
}
