namespace MedR1.Evaluation;

/// <summary>The probability that at least one of k answers is right, estimated from k or more answers.</summary>
public static class PassAtK
{
    /// <summary>
    /// The unbiased estimate <c>1 − C(n − c, k) / C(n, k)</c> (Chen et al. 2021, arXiv 2107.03374, equation 1), as the product
    /// <c>1 − Π (1 − k / i)</c> over i from n − c + 1 to n, which never overflows.
    /// </summary>
    /// <param name="samples">Number of answers sampled (n).</param>
    /// <param name="correct">Number of right answers among them (c).</param>
    /// <param name="k">Number of answers allowed, 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// There are fewer answers than right answers, or fewer than k, or a number is too small.
    /// </exception>
    public static double Estimate(int samples, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        if (samples - correct < k)
        {
            return 1;
        }

        double allWrong = 1;
        for (int i = samples - correct + 1; i <= samples; i++)
        {
            allWrong *= 1 - (double)k / i;
        }

        return 1 - allWrong;
    }
}
