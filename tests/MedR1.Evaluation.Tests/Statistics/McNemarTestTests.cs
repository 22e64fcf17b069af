namespace MedR1.Evaluation.Tests;

public sealed class McNemarTestTests
{
    // Exact: 2 · Σ C(n, k) / 2^n for k up to the smaller count, in fractions; chi-square: (|b − c| − 1)² / (b + c) and
    // erfc(√(x / 2)). Python's fractions and math.erfc.
    [Theory]
    [InlineData(2, 10, 0.03857421875, 4.083333333333333, 0.04330814281079198)]
    [InlineData(15, 5, 0.04138946533203125, 4.05, 0.04417134490844261)]
    [InlineData(1, 1, 1, 0, 1)]
    [InlineData(0, 0, 1, 0, 1)]
    [InlineData(16, 40, 0.0018415547884925443, 9.446428571428571, 0.002115606515852994)]
    [InlineData(0, 12, 0.00048828125, 10.083333333333334, 0.0014961642897455497)]
    [InlineData(59, 6, 4.964650327128617e-12, 41.6, 1.1199327149542438e-10)]
    [InlineData(400, 471, 0.017648493324662666, 5.625717566016074, 0.0176988186835871)]
    public void Gives_both_p_values(int onlyFirst, int onlySecond, double exact, double chiSquare, double approximate)
    {
        McNemarTest test = new(7, onlyFirst, onlySecond, 3);
        Close(exact, test.ExactPValue, 1e-12);
        Close(chiSquare, test.CorrectedChiSquare, 1e-12);
        Close(approximate, test.CorrectedChiSquarePValue, 1e-12);
    }

    // SciPy 1.10.1: binomtest(b, b + c).pvalue. Sums of logarithms would lose as many digits as the counts have.
    [Theory]
    [InlineData(192874, 189173, 2.148838451593688e-09)]
    [InlineData(282914, 287487, 1.4158738998184423e-09)]
    [InlineData(21279, 22000, 0.0005381494022604792)]
    [InlineData(5000000, 5000100, 0.9750251927945992)]
    [InlineData(1000000000, 1000000000, 1)]
    [InlineData(0, 2000000000, 0)]
    public void Exact_p_values_keep_their_digits_over_many_questions(int onlyFirst, int onlySecond, double expected) =>
        Close(expected, new McNemarTest(7, onlyFirst, onlySecond, 3).ExactPValue, 1e-10);

    // n = 102, d = −10 / 102, half = 1.959964 · √((21 / 102 − d²) / 102).
    [Fact]
    public void Gives_the_difference_with_its_interval()
    {
        McNemarTest test = new(60, 15, 5, 20);
        Assert.Equal((100, 20, -0.1), (test.Count, test.Discordant, test.Difference));
        Assert.Equal(-0.18401491208, test.DifferenceInterval.Low, 10);
        Assert.Equal(-0.01206351929, test.DifferenceInterval.High, 10);
    }

    // n = 4, d = ±2 / 4, half = 1.959964 · √((3 / 4 − 1 / 4) / 4) = 0.692952: -1.192952 is clamped, the other end is 0.192952.
    [Fact]
    public void The_interval_stays_between_minus_1_and_1()
    {
        (double low, double high) = new McNemarTest(0, 2, 0, 0).DifferenceInterval;
        Assert.Equal((-1, 0.192952), (low, Math.Round(high, 6)));
        (low, high) = new McNemarTest(0, 0, 2, 0).DifferenceInterval;
        Assert.Equal((-0.192952, 1), (Math.Round(low, 6), high));
    }

    [Theory]
    [InlineData(0, 0.1, 1, 1.4999, 1.5, 2.6, 5, 10, 26)]
    public void Complementary_error_function_agrees_with_Pythons(params double[] arguments)
    {
        double[] expected =
        [
            1, 0.8875370839817152, 0.15729920705028513, 0.03390674833770473, 0.033894853524689274,
            0.00023603441652934908, 1.5374597944280351e-12, 2.088487583762545e-45, 5.663192408856143e-296,
        ];
        Assert.All(arguments.Zip(expected), pair => Close(pair.Second, SpecialFunctions.ComplementaryError(pair.First), 1e-12));
    }

    [Fact]
    public void Refuses_invalid_counts()
    {
        for (int place = 0; place < 4; place++)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Test(place, -1));

            // 5 for each of the others: the sum is 2,147,483,645, and one more has no room.
            Assert.Equal(int.MaxValue - 2, Test(place, int.MaxValue - 17).Count);
            Assert.Throws<ArgumentOutOfRangeException>(() => Test(place, int.MaxValue - 16));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new McNemarTest(0, 0, 0, 0));

        static McNemarTest Test(int place, int count)
        {
            int[] counts = [5, 5, 5, 5];
            counts[place] = count;
            return new McNemarTest(counts[0], counts[1], counts[2], counts[3]);
        }
    }

    // Holm: sorted 0.01, 0.02, 0.03, 0.5 times 4, 3, 2, 1, never falling.
    [Fact]
    public void Holm_corrects_for_many_groups()
    {
        double[] corrected = [.. HolmCorrection.Adjust([0.5, 0.01, 0.03, 0.02])];
        Assert.All(corrected.Zip([0.5, 0.04, 0.06, 0.06]), pair => Assert.Equal(pair.Second, pair.First, 12));
        Assert.Equal([1, 1], HolmCorrection.Adjust([0.7, 0.9]));
        Assert.Empty(HolmCorrection.Adjust([]));
        Assert.Equal([0, 1], HolmCorrection.Adjust([0, 1]));
        Assert.All(
            [double.NaN, -0.1, 1.1], p => Assert.Throws<ArgumentOutOfRangeException>(() => HolmCorrection.Adjust([0.5, p])));
    }

    private static void Close(double expected, double actual, double tolerance) =>
        Assert.InRange(actual, expected * (1 - tolerance), expected * (1 + tolerance));
}
