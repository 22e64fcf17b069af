namespace MedR1.Rewards.Tests;

public sealed class RangeTests
{
    // In doubles: 7 · 0.01 / 0.01 = 7.000000000000001, 29 · 0.01 / 0.01 = 28.999999999999996, 0.07 · 10 = 0.7000000000000001,
    // 9 · 0.001 = 0.009000000000000001, 3 · 0.001 / 10 = 0.00030000000000000003. One part in 10¹¹ is more than a last digit.
    [Theory]
    [InlineData("7%", "%", "7")]
    [InlineData("29 %", "%", "29")]
    [InlineData("0.07 cm", "mm", "0.7")]
    [InlineData("9 mm³", "ml", "0.009")]
    [InlineData("3 um", "cm", "0.0003")]
    [InlineData("6 mm", "mm", "6")]
    public void A_bound_is_met_despite_rounding_in_unit_conversions(string said, string unit, string bound)
    {
        Assert.Equal((true, false), Holds(said, unit, $"\"atMost\": {bound}", $"\"above\": {bound}"));
        Assert.Equal((false, true), Holds(said, unit, $"\"below\": {bound}", $"\"atLeast\": {bound}"));
    }

    [Theory]
    [InlineData("7.0000000001%", false, true)]
    [InlineData("6.9999999999%", true, false)]
    public void Measures_next_to_a_bound_are_on_their_side(string said, bool low, bool high)
    {
        Assert.Equal((low, high), Holds(said, "%", "\"atMost\": 7", "\"above\": 7"));
        Assert.Equal((low, high), Holds(said, "%", "\"below\": 7", "\"atLeast\": 7"));
    }

    // .NET's parser accepts both as numbers: NaN is on neither side of any bound, and infinity above every one.
    [Theory]
    [InlineData("NaN mm")]
    [InlineData("nan mm")]
    [InlineData("Infinity mm")]
    [InlineData("-infinity mm")]
    [InlineData("7 x NaN mm")]
    public void Words_are_not_numbers(string said)
    {
        Assert.Equal((false, false), Holds(said, "mm", "\"atMost\": 7", "\"above\": 7"));
        Assert.Equal((false, false), Holds(said, "mm", "\"below\": 7", "\"atLeast\": 7"));
    }

    // With a bound of 6 mm, the smaller side would state the opposite of the larger one.
    [Theory]
    [InlineData("7 x 5 mm")]
    [InlineData("7 mm x 5 mm")]
    [InlineData("5mm x 7mm")]
    [InlineData("5 mm × 0.7 cm × 4 mm")]
    [InlineData("5 by 7 mm")]
    [InlineData("7 mm by 5")]
    [InlineData("5-7 mm")]
    [InlineData("7 mm x 5 %")]
    public void The_largest_side_counts(string said) =>
        Assert.Equal((false, true), Holds(said, "mm", "\"atMost\": 6", "\"above\": 6"));

    // Read as two numbers, the first would have no unit, and only "500 HU" would be a measure.
    [Theory]
    [InlineData("1,500 HU", true)]
    [InlineData("1,500.5 HU", true)]
    [InlineData("1,500, or 900 HU", false)]
    [InlineData("1,50 HU", false)]
    [InlineData("-1,500 HU", false)]
    public void A_comma_between_groups_of_three_digits_separates_thousands(string said, bool isMuch) =>
        Assert.Equal(isMuch, Holds(said, "hu", "\"below\": 1000", "\"atLeast\": 1000").High);

    [Theory]
    [InlineData("7 mm, 5 mm")]
    [InlineData("7 mm 5 mm")]
    [InlineData("7 mm and 5 mm")]
    public void Two_measures_contradict_each_other(string said) =>
        Assert.Equal((false, false), Holds(said, "mm", "\"atMost\": 6", "\"above\": 6"));

    // Overlaps of open ends are just inside them; 0.6 cm is 6 mm, and 0 has no size to take a share of.
    [Theory]
    [InlineData("mm", "\"above\": 6", "mm", "\"above\": 6", true)]
    [InlineData("mm", "\"below\": 6", "mm", "\"below\": 6", true)]
    [InlineData("mm", "\"above\": 0", "mm", "\"above\": 0", true)]
    [InlineData("mm", "\"atMost\": 6", "mm", "\"atLeast\": 6", true)]
    [InlineData("mm", "\"above\": 2, \"below\": 9", "mm", "\"atLeast\": 3, \"atMost\": 4", true)]
    [InlineData("mm", "\"below\": 6", "mm", "\"above\": 6", false)]
    [InlineData("mm", "\"atMost\": 6", "mm", "\"above\": 6", false)]
    [InlineData("mm", "\"below\": 0", "mm", "\"atLeast\": 0", false)]
    [InlineData("mm", "\"atMost\": 6", "cm", "\"atLeast\": 0.6", true)]
    [InlineData("mm", "\"atMost\": 6", "cm", "\"above\": 0.6", false)]
    [InlineData("mm", "\"below\": 0.7", "cm", "\"atLeast\": 0.07", false)]
    [InlineData("mm", "\"atMost\": 6", "mm²", "\"atMost\": 6", false)]
    public void Ranges_must_not_overlap(string unit, string range, string otherUnit, string other, bool overlaps)
    {
        if (overlaps)
        {
            Assert.Contains("overlap", Assert.Single(Assert.Throws<DecisionTreeException>(Parse).Errors));
            return;
        }

        Parse();

        void Parse() => Tree(unit, range, otherUnit, other);
    }

    /// <summary>Returns whether a measure counts as that of the lower range, and of the upper one.</summary>
    private static (bool Low, bool High) Holds(string said, string unit, string low, string high)
    {
        DecisionTree tree = Tree(unit, low, unit, high);
        bool IsStated(string diagnosis) => tree.Check($"It is {said}.", diagnosis).Steps[0].Verdict == StepVerdict.Stated;
        return (IsStated("little"), IsStated("much"));
    }

    private static DecisionTree Tree(string lowUnit, string low, string highUnit, string high) => DecisionTree.Parse($$"""
        {
          "name": "n", "source": "s", "root": "q",
          "findings": {
            "low": { "range": { "unit": "{{lowUnit}}", {{low}} } },
            "high": { "range": { "unit": "{{highUnit}}", {{high}} } }
          },
          "nodes": {
            "q": { "question": "?", "branches": [ { "finding": "low", "to": "l" }, { "finding": "high", "to": "h" } ] },
            "l": { "diagnosis": "little" },
            "h": { "diagnosis": "much" }
          }
        }
        """);
}
