namespace MedR1.Evaluation;

/// <summary>
/// Compares two models on the same questions (McNemar, Psychometrika 12, 1947): only the questions that exactly one of them gets
/// right show which model is better.
/// </summary>
public sealed record McNemarTest
{
    // The 97.5 % point of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>Creates the test from the four counts.</summary>
    /// <param name="bothRight">Number of questions that both got right.</param>
    /// <param name="onlyFirstRight">Number of questions that only the first got right.</param>
    /// <param name="onlySecondRight">Number of questions that only the second got right.</param>
    /// <param name="bothWrong">Number of questions that both got wrong.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, all are 0, or their sum is above 2,147,483,645.</exception>
    public McNemarTest(int bothRight, int onlyFirstRight, int onlySecondRight, int bothWrong)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bothRight);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirstRight);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecondRight);
        ArgumentOutOfRangeException.ThrowIfNegative(bothWrong);

        // The interval adds two questions.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (long)bothRight + onlyFirstRight + onlySecondRight + bothWrong, int.MaxValue - 2, nameof(bothWrong));
        BothRight = bothRight;
        OnlyFirstRight = onlyFirstRight;
        OnlySecondRight = onlySecondRight;
        BothWrong = bothWrong;
        ArgumentOutOfRangeException.ThrowIfZero(Count, "questions");
    }

    /// <summary>Number of questions that both got right.</summary>
    public int BothRight { get; }

    /// <summary>Number of questions that only the first got right (b).</summary>
    public int OnlyFirstRight { get; }

    /// <summary>Number of questions that only the second got right (c).</summary>
    public int OnlySecondRight { get; }

    /// <summary>Number of questions that both got wrong.</summary>
    public int BothWrong { get; }

    /// <summary>Number of all questions.</summary>
    public int Count => BothRight + OnlyFirstRight + OnlySecondRight + BothWrong;

    /// <summary>Number of questions that exactly one of the models got right.</summary>
    public int Discordant => OnlyFirstRight + OnlySecondRight;

    /// <summary>The second's accuracy minus the first's, −1 to 1.</summary>
    public double Difference => (double)(OnlySecondRight - OnlyFirstRight) / Count;

    /// <summary>
    /// The 95 % confidence interval of the difference (Agresti and Min, Statistics in Medicine 24, 2005): Wald's interval with half
    /// a question added to each count.
    /// </summary>
    public (double Low, double High) DifferenceInterval
    {
        get
        {
            double count = Count + 2;
            double difference = (OnlySecondRight - OnlyFirstRight) / count;
            double half = Z * Math.Sqrt(((Discordant + 1) / count - difference * difference) / count);
            return (Math.Max(-1, difference - half), Math.Min(1, difference + half));
        }
    }

    /// <summary>
    /// The exact two-sided p value: the probability that a fair coin, tossed once for each discordant question, gives a result at
    /// least as uneven. 1 if there is none. Valid for any number of questions.
    /// </summary>
    public double ExactPValue => Math.Min(
        1, 2 * SpecialFunctions.FairCoinTail(Math.Min(OnlyFirstRight, OnlySecondRight), Discordant));

    /// <summary>
    /// Chi-square with one degree of freedom and Edwards's correction (Psychometrika 13, 1948), <c>(max(|b − c| − 1, 0))² / (b +
    /// c)</c>; 0 if no question is discordant.
    /// </summary>
    public double CorrectedChiSquare => Discordant == 0
        ? 0
        : Math.Pow(Math.Max(0, Math.Abs(OnlyFirstRight - OnlySecondRight) - 1), 2) / Discordant;

    /// <summary>
    /// The p value of the corrected chi-square: an approximation, which is poor for fewer than 25 discordant questions.
    /// </summary>
    public double CorrectedChiSquarePValue => SpecialFunctions.ChiSquareTail(CorrectedChiSquare);
}
