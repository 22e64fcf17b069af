namespace MedR1.Rewards.Tests;

public sealed class AnswerRewardTests
{
    // Said {edema, effusion}, right {edema, nodule, mass}: one hit; F1 2·1/5, Jaccard 1/4.
    [Theory]
    [InlineData(LabelScore.F1, "Edema;  EFFUSION", 0.4)]
    [InlineData(LabelScore.IntersectionOverUnion, "edema, effusion", 0.25)]
    [InlineData(LabelScore.Exact, "mass, nodule\nedema, mass", 1)]
    [InlineData(LabelScore.Exact, "mass, nodule", 0)]
    [InlineData(LabelScore.F1, "", 0)]
    public async Task Labels_are_compared_as_sets(LabelScore score, string said, double expected) =>
        Assert.Equal(
            expected,
            await new MultiLabelReward(score).Score($"<answer>{said}</answer>", Contexts.Answer("edema, nodule, mass")));

    [Fact]
    public async Task Labels_need_tags_unless_told_otherwise()
    {
        Assert.Equal(0, await new MultiLabelReward().Score("edema", Contexts.Answer("edema")));
        Assert.Equal(1, await new MultiLabelReward(requireTags: false).Score("edema", Contexts.Answer("Edema")));
        Assert.Throws<ArgumentException>(() => new MultiLabelReward(separators: []));
    }

    [Theory]
    [InlineData("12 mm", "12 mm", 1)]
    [InlineData("1.2 cm", "12 mm", 1)]
    [InlineData("0.3cm", "3 mm", 1)]
    [InlineData("12", "12 mm", 1)]
    [InlineData("12 ml", "12 mm", 0)]
    [InlineData("about 13 mm", "12 mm", 1)]
    [InlineData("14 mm", "12 mm", 0)]
    [InlineData("12 or 13 mm", "12 mm", 0)]
    [InlineData("1,200", "1200", 1)]
    [InlineData("12,00", "1200", 0)]
    [InlineData("85%", "0.85", 0)]
    [InlineData("85%", "85 percent", 1)]
    [InlineData("1/2", "0.5", 1)]
    [InlineData("-3e1", "-30", 1)]
    [InlineData("\u221230", "-30", 1)]
    [InlineData("12 parsecs", "12 mm", 0)]
    [InlineData("none", "12 mm", 0)]
    [InlineData("120 mm²", "120 mm", 0)]
    [InlineData("120 mm2", "120 mm", 0)]
    [InlineData("120 mm^2", "120 mm", 0)]
    [InlineData("60 ml/min", "60 ml", 0)]
    [InlineData("2 cm³", "20 mm3", 0)]
    [InlineData("2 cm³", "2000 mm3", 1)]
    [InlineData("2 cm3", "2 ml", 1)]
    [InlineData("2 cm²", "200 mm²", 1)]
    [InlineData("2 cm²", "20 mm2", 0)]
    [InlineData("37 °C", "37 °", 0)]
    [InlineData("37°", "37 degrees", 1)]
    [InlineData("5 \u03BCm", "5 \u00B5m", 1)]
    [InlineData("5 \u00B5m", "5 \u03BCm", 1)]
    public async Task Numbers_agree_within_the_tolerance(string said, string right, double expected)
    {
        // 1 mm off is within; the tolerance is in the unit of the right answer.
        NumericReward reward = new(new NumericOptions { AbsoluteTolerance = right.EndsWith("mm") ? 1 : 0 });
        Assert.Equal(expected, await reward.Score($"<answer>{said}</answer>", Contexts.Answer(right)));
    }

    [Theory]
    [InlineData("2 mm^3")]
    [InlineData("37 °C")]
    [InlineData("60 ml/min")]
    [InlineData("3 m·s⁻¹")]
    public async Task Compound_units_are_unknown(string right)
    {
        NumericReward reward = new();
        Assert.Null(reward.Describe(right));
        Assert.Null(await reward.Score($"<answer>{right}</answer>", Contexts.Answer(right)));
    }

    [Fact]
    public async Task Relative_tolerances_and_demanded_units_count()
    {
        NumericReward reward = new(new NumericOptions { RelativeTolerance = 0.1, RequireUnit = true });
        Assert.Equal(1, await reward.Score("<answer>10.9 mm</answer>", Contexts.Answer("1 cm")));
        Assert.Equal(0, await reward.Score("<answer>11.1 mm</answer>", Contexts.Answer("1 cm")));
        Assert.Equal(0, await reward.Score("<answer>1</answer>", Contexts.Answer("1 cm")));
        Assert.Null(await reward.Score("<answer>1</answer>", Contexts.Answer("large")));
        Assert.Equal("12 mm", reward.Describe("a lesion of 1.2 cm"));
        Assert.Throws<ArgumentException>(() => new NumericReward(new NumericOptions { AbsoluteTolerance = -1 }));
        Assert.Throws<ArgumentException>(() => new NumericReward(new NumericOptions
        {
            Units = new Dictionary<string, NumericUnit> { ["x"] = new("y", 0) },
        }));
    }

    [Fact]
    public void Boxes_overlap_by_area()
    {
        // Overlap 1 × 2, together 4 + 4 − 2.
        Box first = new(0, 0, 2, 2);
        Assert.Equal(2.0 / 6, first.IntersectionOverUnion(new Box(1, 0, 3, 2)), 1e-15);
        Assert.Equal(1, first.IntersectionOverUnion(first));
        Assert.Equal(0, first.IntersectionOverUnion(new Box(2, 0, 3, 2)));
        Assert.Equal(0, new Box(1, 1, 1, 1).IntersectionOverUnion(new Box(1, 1, 1, 1)));
    }

    [Theory]
    [InlineData("[0, 0, 2, 2]", 1)]
    [InlineData("(1,0,3,2)", 1 / 3.0)]
    [InlineData("[0,0,2,2] and [5,5,6,6]", 0.5)]
    [InlineData("[2, 2, 0, 0]", 0)]
    [InlineData("nowhere", 0)]
    public async Task The_answers_box_is_compared_with_the_right_one(string said, double expected) =>
        Assert.Equal(
            expected,
            (await new BoxOverlapReward().Score($"<answer>{said}</answer>", Contexts.Answer("[0,0,2,2]")))!.Value,
            1e-15);

    [Fact]
    public async Task Boxes_below_the_threshold_count_nothing_and_no_box_abstains()
    {
        Assert.Equal(0, await new BoxOverlapReward(0.5).Score("<answer>[1,0,3,2]</answer>", Contexts.Answer("[0,0,2,2]")));
        Assert.Null(await new BoxOverlapReward().Score("<answer>[1,0,3,2]</answer>", Contexts.Answer("left lung")));
    }

    [Fact]
    public void The_pairing_of_boxes_is_the_best_there_is()
    {
        // Against all orders, for random squares and for more said than right and the other way round.
        Random random = new(3);
        Box[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ =>
        {
            (double x, double y) = (random.NextDouble() * 4, random.NextDouble() * 4);
            return new Box(x, y, x + 3, y + 3);
        })];
        foreach ((int said, int right) in new[] { (1, 4), (4, 1), (3, 3), (4, 3), (3, 4), (5, 5) })
        {
            Box[] ours = Draw(said);
            Box[] theirs = Draw(right);
            (Box[] few, Box[] many) = said <= right ? (ours, theirs) : (theirs, ours);
            double best = Orders(many.Length, few.Length).Max(order =>
                few.Select((box, place) => box.IntersectionOverUnion(many[order[place]])).Sum());
            Assert.Equal(best / many.Length, BoxOverlapReward.Score(ours, theirs), 1e-12);
        }
    }

    private static IEnumerable<int[]> Orders(int count, int places) => places == 0
        ? [[]]
        : Orders(count, places - 1).SelectMany(head => Enumerable.Range(0, count)
            .Where(next => !head.Contains(next)).Select(next => (int[])[.. head, next]));
}
