using System.Globalization;

namespace MedR1.Evaluation;

/// <summary>A fraction of right answers, with its confidence interval.</summary>
public readonly record struct Accuracy
{
    // The 97.5 % point of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>Creates an accuracy from counts.</summary>
    /// <param name="correct">Number of right answers.</param>
    /// <param name="count">Number of all answers, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no answer, or more right ones than answers.</exception>
    public Accuracy(int correct, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, count);
        Correct = correct;
        Count = count;
    }

    /// <summary>Number of right answers.</summary>
    public int Correct { get; }

    /// <summary>Number of all answers.</summary>
    public int Count { get; }

    /// <summary>The fraction of right answers, 0 to 1.</summary>
    public double Value => (double)Correct / Count;

    /// <summary>Lower bound of Wilson's 95 % interval (J. Am. Stat. Assoc. 22, 1927).</summary>
    public double Low => Correct == 0 ? 0 : Centre - HalfWidth;

    /// <summary>Upper bound of Wilson's 95 % interval.</summary>
    public double High => Correct == Count ? 1 : Centre + HalfWidth;

    /// <summary>The counts, the percentage and its interval.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Correct} of {Count} right, {Value * 100:F1} % ({Low * 100:F1} to {High * 100:F1})");

    private double Centre => (Value + Z * Z / (2.0 * Count)) / (1 + Z * Z / Count);

    private double HalfWidth =>
        Z / (1 + Z * Z / Count) * Math.Sqrt(Value * (1 - Value) / Count + Z * Z / (4.0 * Count * Count));
}
