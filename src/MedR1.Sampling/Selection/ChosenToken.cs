using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>The token chosen for a row in a step, on the host.</summary>
/// <param name="Id">The token; −1 if none could be chosen.</param>
/// <param name="LogProbability">The log-probability under the temperature-scaled distribution without the suppressed tokens.</param>
/// <param name="ProcessedLogProbability">The log-probability under the distribution sampled from.</param>
internal readonly record struct ChosenToken(int Id, float LogProbability, float ProcessedLogProbability)
{
    /// <summary>Reads the result of <see cref="ChosenTokens.Stacked"/>.</summary>
    /// <param name="stacked_3N">The result, on the host.</param>
    /// <param name="rows">The number of the N rows to read.</param>
    public static ChosenToken[] Read(Tensor stacked_3N, int rows)
    {
        double[] values = stacked_3N.data<double>().ToArray();
        int length = values.Length / 3;
        return [.. Enumerable.Range(0, rows).Select(row =>
            new ChosenToken((int)values[row], (float)values[length + row], (float)values[2 * length + row]))];
    }
}
