namespace MedR1.Evaluation;

/// <summary>The special functions for p values, accurate to at least twelve digits.</summary>
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

    /// <summary>
    /// The probability of at most <paramref name="heads"/> heads in fair coin tosses; heads must be at most half of the tosses.
    /// </summary>
    public static double FairCoinTail(int heads, int tosses)
    {
        // Sums from the largest term downwards; each term is k / (n - k + 1) times the previous one.
        double term = FairCoin(heads, tosses);
        double sum = 0;
        for (int k = heads; k >= 0 && term > 1e-18 * sum; k--)
        {
            sum += term;
            term *= (double)k / (tosses - k + 1);
        }

        return Math.Min(1, sum);
    }

    /// <summary>
    /// The probability of exactly <paramref name="heads"/> heads (Loader, Fast and Accurate Computation of Binomial Probabilities,
    /// 2000). Log-factorials would lose as many digits as the number of tosses has; their remainders after Stirling's formula do
    /// not.
    /// </summary>
    private static double FairCoin(int heads, int tosses)
    {
        if (heads == 0 || heads == tosses)
        {
            return Math.Pow(0.5, tosses);
        }

        double half = tosses / 2.0;
        double tails = tosses - (double)heads;
        double log = StirlingError(tosses) - StirlingError(heads) - StirlingError(tails)
            - Deviance(heads, half) - Deviance(tails, half);
        return Math.Exp(log) * Math.Sqrt(tosses / (2 * Math.PI * heads * tails));
    }

    /// <summary>
    /// ln(n!) minus Stirling's formula; the series (Abramowitz and Stegun 6.1.41) is accurate to 1e-16 for n of at least 16.
    /// </summary>
    private static double StirlingError(double n)
    {
        if (n >= 16)
        {
            double square = 1 / (n * n);
            return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - square / 1188) * square) * square) * square) / n;
        }

        double factorial = 1;
        for (int i = 2; i <= n; i++)
        {
            factorial *= i;
        }

        return Math.Log(factorial) - (n + 0.5) * Math.Log(n) + n - 0.5 * Math.Log(2 * Math.PI);
    }

    /// <summary>x·ln(x / mean) + mean − x, computed by a series near the mean, where the terms would cancel.</summary>
    private static double Deviance(double x, double mean)
    {
        if (Math.Abs(x - mean) >= 0.1 * (x + mean))
        {
            return x * Math.Log(x / mean) + mean - x;
        }

        double v = (x - mean) / (x + mean);
        double sum = (x - mean) * v;
        double term = 2 * x * v;
        for (int j = 1; ; j++)
        {
            term *= v * v;
            double next = sum + term / (2 * j + 1);
            if (next == sum)
            {
                return sum;
            }

            sum = next;
        }
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
