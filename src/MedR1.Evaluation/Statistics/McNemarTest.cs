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
    /// <param name="bothCorrect">Number of questions that both got right.</param>
    /// <param name="onlyFirstCorrect">Number of questions that only the first got right.</param>
    /// <param name="onlySecondCorrect">Number of questions that only the second got right.</param>
    /// <param name="bothIncorrect">Number of questions that both got wrong.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, all are 0, or their sum is above 2,147,483,645.</exception>
    public McNemarTest(int bothCorrect, int onlyFirstCorrect, int onlySecondCorrect, int bothIncorrect)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bothCorrect);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirstCorrect);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecondCorrect);
        ArgumentOutOfRangeException.ThrowIfNegative(bothIncorrect);

        // The interval adds two questions.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (long)bothCorrect + onlyFirstCorrect + onlySecondCorrect + bothIncorrect, int.MaxValue - 2, nameof(bothIncorrect));
        BothCorrect = bothCorrect;
        OnlyFirstCorrect = onlyFirstCorrect;
        OnlySecondCorrect = onlySecondCorrect;
        BothIncorrect = bothIncorrect;
        ArgumentOutOfRangeException.ThrowIfZero(Count, "questions");
    }

    /// <summary>Number of questions that both got right.</summary>
    public int BothCorrect { get; }

    /// <summary>Number of questions that only the first got right (b).</summary>
    public int OnlyFirstCorrect { get; }

    /// <summary>Number of questions that only the second got right (c).</summary>
    public int OnlySecondCorrect { get; }

    /// <summary>Number of questions that both got wrong.</summary>
    public int BothIncorrect { get; }

    /// <summary>Number of all questions.</summary>
    public int Count => BothCorrect + OnlyFirstCorrect + OnlySecondCorrect + BothIncorrect;

    /// <summary>Number of questions that exactly one of the models got right.</summary>
    public int Discordant => OnlyFirstCorrect + OnlySecondCorrect;

    /// <summary>The second's accuracy minus the first's, −1 to 1.</summary>
    public double Difference => (double)(OnlySecondCorrect - OnlyFirstCorrect) / Count;

    /// <summary>
    /// The 95 % confidence interval of the difference (Agresti and Min, Statistics in Medicine 24, 2005): Wald's interval with half
    /// a question added to each count.
    /// </summary>
    public (double Low, double High) DifferenceInterval
    {
        get
        {
            double count = Count + 2;
            double difference = (OnlySecondCorrect - OnlyFirstCorrect) / count;
            double half = Z * Math.Sqrt(((Discordant + 1) / count - difference * difference) / count);
            return (Math.Max(-1, difference - half), Math.Min(1, difference + half));
        }
    }

    /// <summary>
    /// The exact two-sided p value: the probability that a fair coin, tossed once for each discordant question, gives a result at
    /// least as uneven. 1 if there is none. Valid for any number of questions.
    /// </summary>
    public double ExactPValue => Math.Min(
        1, 2 * SpecialFunctions.FairCoinTail(Math.Min(OnlyFirstCorrect, OnlySecondCorrect), Discordant));

    /// <summary>
    /// Chi-square with one degree of freedom and Edwards's correction (Psychometrika 13, 1948), <c>(max(|b − c| − 1, 0))² / (b +
    /// c)</c>; 0 if no question is discordant.
    /// </summary>
    public double CorrectedChiSquare => Discordant == 0
        ? 0
        : Math.Pow(Math.Max(0, Math.Abs(OnlyFirstCorrect - OnlySecondCorrect) - 1), 2) / Discordant;

    /// <summary>
    /// The p value of the corrected chi-square: an approximation, which is poor for fewer than 25 discordant questions.
    /// </summary>
    public double CorrectedChiSquarePValue => SpecialFunctions.ChiSquareTail(CorrectedChiSquare);
}
