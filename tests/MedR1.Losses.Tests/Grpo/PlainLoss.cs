namespace MedR1.Losses.Tests;

/// <summary>
/// The formulas of docs/algorithms/losses.md over arrays. One log-probability may be changed; what the formulas call a weight
/// (sg) keeps its value.
/// </summary>
internal sealed class PlainLoss(PolicyLossInputs inputs, int moved = 0, double by = 0)
{
    private readonly long _columns = inputs.LogProbabilities.shape[1];
    private readonly double[] _held = Batches.Values(inputs.LogProbabilities);
    private readonly double[] _now =
        [.. Batches.Values(inputs.LogProbabilities).Select((value, token) => token == moved ? value + by : value)];
    private readonly double[] _old = Batches.Values(inputs.OldLogProbabilities!);
    private readonly double[] _reference = Batches.Values(inputs.ReferenceLogProbabilities!);
    private readonly double[] _mask = Batches.Values(inputs.Mask);
    private readonly double[] _advantages = Batches.Values(inputs.Advantages);

    private int Rows => _advantages.Length;

    private double Tokens => _mask.Sum();

    public double Of(string name) => name switch
    {
        "MedR1" or "DeepSeekMath" => RowMeans((i, t) => Clipped(Ratio(t), i, 0.2, 0.2) + 0.04 * K3(t)),
        "Dapo" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.28)) / Tokens,
        "DrGrpo" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.2)) / (Rows * _columns),
        "Bnpo" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.2)) / Tokens,
        "Gspo" => RowMeans((i, _) => Clipped(Geometric(i, _now), i, 3e-4, 4e-4)),
        "GspoToken" => RowMeans((i, t) =>
            Clipped(Geometric(i, _held) * Math.Exp(_now[t] - _held[t]), i, 3e-4, 4e-4)),
        "Luspo" => Sum((i, _) => Clipped(Geometric(i, _now), i, 3e-4, 4e-4)) / Rows,
        "Cispo" => Sum((i, t) => -Math.Min(HeldRatio(t), 5) * _advantages[i] * _now[t]) / Tokens,
        "CispoTwoSided" => Sum((i, t) => -Math.Clamp(HeldRatio(t), 0.8, 1.28) * _advantages[i] * _now[t]) / Tokens,
        "Sapo" => RowMeans((i, t) => Gate(Ratio(t), _advantages[i])),
        "Vespo" => Sum((i, t) => -Weight(i) * _advantages[i] * _now[t]) / Tokens,
        "Gmpo" => RowMeans((i, _) => -_advantages[i] * Math.Exp(Active(i).Average(t => ClippedLog(_now[t] - _old[t], i)))),
        "ClipCov" => Sum((i, t) =>
            Covariance(t) is > 0.1 and < 2 && !IsClipped(HeldRatio(t), i) ? 0 : Clipped(Ratio(t), i, 0.2, 0.2)) / Tokens,
        "KlCov" => Sum((i, t) => -Ratio(t) * _advantages[i] + (t == MostCovariant ? Math.Abs(_now[t] - _old[t]) : 0)) / Tokens,
        "Rloo" => Enumerable.Range(0, Rows).Sum(i => Clipped(Math.Exp(LogRatio(i, _now)), i, 0.2, 0.2)) / Rows,
        "Intellect2" => Sum((i, t) => Clipped(Ratio(t), i, 0.2, 0.2, 4) + 0.001 * K3(t)) / Tokens,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static double Gate(double ratio, double advantage)
    {
        double temperature = advantage > 0 ? 1 : 1.05;
        return -4 / temperature / (1 + Math.Exp(-temperature * (ratio - 1))) * advantage;
    }

    private double Clipped(double ratio, int row, double low, double high, double bound = double.PositiveInfinity)
    {
        double advantage = _advantages[row];
        return -Math.Min(Math.Min(ratio, bound) * advantage, Math.Clamp(ratio, 1 - low, 1 + high) * advantage);
    }

    // GMPO, arXiv 2507.20673, equation 4: the sign of A decides which of ratio and clipped ratio, to the power of it, is smaller.
    private double ClippedLog(double log, int row)
    {
        int sign = Math.Sign(_advantages[row]);
        return sign * Math.Min(sign * log, sign * Math.Clamp(log, -0.4, 0.4));
    }

    // 2e-3 of fewer than 1,000 tokens is the one with the largest covariance.
    private int MostCovariant => Enumerable.Range(0, Rows).SelectMany(Active).MaxBy(Covariance);

    private double Covariance(int token)
    {
        int[] tokens = [.. Enumerable.Range(0, Rows).SelectMany(Active)];
        double OfRow(int token) => _advantages[token / _columns];
        return (OfRow(token) - tokens.Average(OfRow)) * (_held[token] - tokens.Average(other => _held[other]));
    }

    private bool IsClipped(double ratio, int row) => _advantages[row] > 0 ? ratio > 1.2 : ratio < 0.8;

    private double Weight(int row)
    {
        double log = LogRatio(row, _held);
        (double power, double decay) = _advantages[row] >= 0 ? (2, 3) : (3, 2);
        return Math.Exp(decay + power * log - decay * Math.Exp(log));
    }

    private double Ratio(int token) => Math.Exp(_now[token] - _old[token]);

    private double K3(int token)
    {
        double difference = _reference[token] - _now[token];
        return Math.Exp(difference) - difference - 1;
    }

    private double HeldRatio(int token) => Math.Exp(_held[token] - _old[token]);

    private double Geometric(int row, double[] policy) => Math.Exp(LogRatio(row, policy) / Active(row).Count());

    private double LogRatio(int row, double[] policy) => Active(row).Sum(token => policy[token] - _old[token]);

    private IEnumerable<int> Active(int row) =>
        Enumerable.Range((int)(row * _columns), (int)_columns).Where(token => _mask[token] != 0);

    private double Sum(Func<int, int, double> term) =>
        Enumerable.Range(0, Rows).Sum(row => Active(row).Sum(token => term(row, token)));

    private double RowMeans(Func<int, int, double> term) =>
        Enumerable.Range(0, Rows).Sum(row => Active(row).Average(token => term(row, token))) / Rows;
}
