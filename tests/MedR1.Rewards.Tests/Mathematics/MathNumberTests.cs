namespace MedR1.Rewards.Tests;

/// <summary>
/// How numbers are compared, each with what TRL's accuracy_reward says (math-verify 0.8.0, latex2sympy2_extended 1.11.0, SymPy 1.14).
/// </summary>
public sealed class MathNumberTests
{
    // 2^53 = 9,007,199,254,740,992: beyond it, float64 does not hold every integer.
    [Theory]
    [InlineData("9007199254740993", "9007199254740992", 0)]
    [InlineData("2^{70}", "1180591620717411303424", 1)]
    [InlineData("2^{70}", "1180591620717411303425", 0)]
    [InlineData("25!", "15511210043330985984000000", 1)]
    [InlineData("10^{30}+1", "10^{30}", 0)]
    [InlineData(@"\frac{1}{1000001}", @"\frac{1}{1000000}", 0)]
    [InlineData(@"\frac{333333}{1000000}", @"\frac{1}{3}", 0)]
    [InlineData("10^{-7}", "0", 0)]
    [InlineData(@"2^{-2} \cdot 8", "2", 1)]
    [InlineData(@"\lcm(-4,6)", @"\gcd(-24,36)", 1)]
    [InlineData(@"\frac{6}{4}", @"1\frac{1}{2}", 1)]
    public void Integers_and_fractions_are_compared_exactly(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));

    [Theory]
    [InlineData("0.333333", @"\frac{1}{3}", 1)]
    [InlineData("0.33333", @"\frac{1}{3}", 0)]
    [InlineData("1.414214", @"\sqrt{2}", 1)]
    [InlineData("100000.1234567", "100000.1234568", 1)]
    [InlineData("1.0", "1", 1)]
    [InlineData("1.0000001", "1", 0)] // An integer is not rounded to.
    [InlineData("0.0000001", "0", 0)]
    [InlineData("x = 0.333333", @"x = \frac{1}{3}", 0)] // Nor are the sides of equations.
    public void Decimals_agree_to_six_places(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));

    [Theory]
    [InlineData("1,234", "1234", 1)]
    [InlineData("1,234.5", "1234.5", 1)]
    [InlineData("0,125", "0.125", 1)]
    [InlineData("(1,234)", "(1, 234)", 1)] // Only a number by itself has separators of thousands.
    [InlineData(@"\{1,234\}", "1234", 0)]
    [InlineData("x=1,234", "1234", 0)]
    [InlineData("525_8", "525", 1)] // The base does not count.
    [InlineData("1.5E3", "1500", 1)]
    [InlineData(@"\text{19/4}", @"\frac{19}{4}", 1)]
    [InlineData(@"\text{4.75}", "4.75", 0)]
    public void Numbers_are_read_as_written(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));
}
