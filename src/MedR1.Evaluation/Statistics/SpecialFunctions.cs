namespace MedR1.Evaluation;

/// <summary>The functions that the tests' p values need, to at least twelve digits.</summary>
internal static class SpecialFunctions
{
    /// <summary>The complementary error function for x of at least 0 (Abramowitz and Stegun 7.1.5 and 7.1.14).</summary>
    public static double ComplementaryError(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        return x < 1.5 ? 1 - ErrorSeries(x) : ErrorFraction(x);
    }

    /// <summary>The probability that chi-square with one degree of freedom is at least as large.</summary>
    public static double ChiSquareTail(double value) => ComplementaryError(Math.Sqrt(value / 2));

    /// <summary>The probability of at most so many heads in fair coin tosses.</summary>
    public static double FairCoinTail(int heads, int tosses)
    {
        // log(C(n, k) / 2^n) from k to k + 1 adds log((n - k) / (k + 1)); summed from the largest, none is lost.
        double logTerm = -tosses * Math.Log(2);
        double[] logs = new double[heads + 1];
        for (int k = 0; k <= heads; k++)
        {
            logs[k] = logTerm;
            logTerm += Math.Log((double)(tosses - k) / (k + 1));
        }

        double largest = logs.Max();
        return Math.Min(1, Math.Exp(largest) * logs.Sum(log => Math.Exp(log - largest)));
    }

    private static double ErrorSeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double ErrorFraction(double x)
    {
        double fraction = x;
        for (int k = 120; k >= 1; k--)
        {
            fraction = x + k / 2.0 / fraction;
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
