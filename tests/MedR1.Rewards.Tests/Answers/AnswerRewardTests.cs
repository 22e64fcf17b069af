namespace MedR1.Rewards.Tests;

public sealed class AnswerRewardTests
{
    // Answered {edema, effusion}, right {edema, nodule, mass}: one hit; F1 2·1/5, Jaccard 1/4.
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

    // A separator alone isn't a label: two empty sets are equal; an empty one and {edema} share nothing.
    [Theory]
    [InlineData(LabelScore.F1)]
    [InlineData(LabelScore.Exact)]
    [InlineData(LabelScore.IntersectionOverUnion)]
    public async Task No_labels_are_right_if_there_are_none(LabelScore score)
    {
        MultiLabelReward reward = new(score);
        Assert.Equal(1, await reward.Score("<answer></answer>", Contexts.Answer(" ; ")));
        Assert.Equal(0, await reward.Score("<answer></answer>", Contexts.Answer("edema")));
        Assert.Equal(0, await reward.Score("<answer>edema</answer>", Contexts.Answer("")));
    }

    // 10 × 10 each, 5 rows in common: 50 of 150. A strip of 2 rows in the first: 20 of 100. Next to and below each other: nothing.
    [Theory]
    [InlineData(0, 15, 10, 25, 1 / 3.0)]
    [InlineData(0, 12, 10, 14, 0.2)]
    [InlineData(5, 10, 15, 20, 1 / 3.0)]
    [InlineData(0, 20, 10, 30, 0)]
    [InlineData(10, 10, 20, 20, 0)]
    public void Boxes_overlap_in_both_directions(double left, double top, double right, double bottom, double expected) =>
        Assert.Equal(
            expected, BoxIouReward.Score([new Box(0, 10, 10, 20)], [new Box(left, top, right, bottom)]), 1e-12);

    [Fact]
    public void Missing_and_superfluous_boxes_score_nothing()
    {
        Box[] some = [.. Enumerable.Range(0, 65).Select(place => new Box(place, 1, place + 0.5, 2))];
        Assert.Equal(1, BoxIouReward.Score(some[..64], some[..64]), 1e-12);
        Assert.Equal(0, BoxIouReward.Score(some, some[..1]));
        Assert.Equal(0, BoxIouReward.Score(some[..1], some));
        Assert.Equal(0, BoxIouReward.Score([], some[..1]));
        Assert.Equal(0, BoxIouReward.Score(some[..1], []));
        _ = new BoxIouReward(threshold: 1);
        Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new BoxIouReward(1.01));
        Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new BoxIouReward(-0.01));
    }

    [Fact]
    public async Task Labels_need_tags_by_default()
    {
        Assert.Equal(0, await new MultiLabelReward().Score("edema", Contexts.Answer("edema")));
        Assert.Equal(1, await new MultiLabelReward(requireTags: false).Score("edema", Contexts.Answer("Edema")));
        Assert.Throws<ArgumentException>(() => new MultiLabelReward(separators: []));
        Assert.Throws<ArgumentException>(() => new MultiLabelReward(separators: [";", ""]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiLabelReward((LabelScore)9));
    }

    [Theory]
    [InlineData("12 mm", "12 mm", 1)]
    [InlineData("1.2 cm", "12 mm", 1)]
    [InlineData("0.3cm", "3 mm", 1)]
    [InlineData("12", "12 mm", 1)]
    [InlineData("1.2", "1.2 cm", 1)]
    [InlineData("12", "1.2 cm", 0)]
    [InlineData("12 ml", "12 mm", 0)]
    [InlineData("about 13 mm", "12 mm", 1)]
    [InlineData("14 mm", "12 mm", 0)]
    [InlineData("12 or 13 mm", "12 mm", 0)]
    [InlineData("1,200", "1200", 1)]
    [InlineData("12,00", "1200", 0)]
    [InlineData("1200, at most", "1200", 1)]
    [InlineData("1,200, at most", "1200", 1)]
    [InlineData("12,", "12 mm", 1)]
    [InlineData("12, 13", "12 mm", 0)]
    [InlineData("12.03.2024", "12 mm", 0)]
    [InlineData("1.2.3", "1.2", 0)]
    [InlineData("1.2.", "1.2", 1)]
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
    [InlineData("2 cm^3", "2 ml", 1)]
    [InlineData("2 cm²", "200 mm²", 1)]
    [InlineData("2 cm²", "20 mm2", 0)]
    [InlineData("37 °C", "37 °", 0)]
    [InlineData("37 ° C", "37 °", 0)]
    [InlineData("37\u00A0°\u00A0f", "37 °", 0)]
    [InlineData("37 ℃", "37 °", 0)]
    [InlineData("37 ° (C)", "37 °", 1)]
    [InlineData("37 ° Cobb", "37 °", 1)]
    [InlineData("37 °\nC", "37 °", 1)]
    [InlineData("12 mm Hg", "12 mm", 0)]
    [InlineData("12 cm H₂O", "120 mm", 0)]
    [InlineData("12 mm high", "12 mm", 1)]
    [InlineData("5 ‰", "5", 0)]
    [InlineData("37°", "37 degrees", 1)]
    [InlineData("5 \u03BCm", "5 \u00B5m", 1)]
    [InlineData("5 \u00B5m", "5 \u03BCm", 1)]
    public async Task Numbers_agree_within_the_tolerance(string said, string right, double expected)
    {
        // An error of 1 mm is within the tolerance, which is in the unit of the right answer.
        NumericReward reward = new(new NumericOptions { AbsoluteTolerance = right.EndsWith("mm") ? 1 : 0 });
        Assert.Equal(expected, await reward.Score($"<answer>{said}</answer>", Contexts.Answer(right)));
    }

    // 0.5 cm around 3 cm, whatever the unit of the answer; 0.5 around 0.05 m is half a metre.
    [Theory]
    [InlineData("3.4 cm", "3 cm", 1)]
    [InlineData("26 mm", "3 cm", 1)]
    [InlineData("36 mm", "3 cm", 0)]
    [InlineData("30 cm", "0.05 m", 1)]
    [InlineData("3 cm", "30.6 mm", 0)]
    public async Task The_absolute_tolerance_is_in_the_unit_of_the_right_answer(string said, string right, double expected) =>
        Assert.Equal(
            expected,
            await new NumericReward(new NumericOptions { AbsoluteTolerance = 0.5 })
                .Score($"<answer>{said}</answer>", Contexts.Answer(right)));

    // A tenth of 100 on both sides of -100.
    [Theory]
    [InlineData("-95 HU", 1)]
    [InlineData("-110 HU", 1)]
    [InlineData("-89 HU", 0)]
    [InlineData("100 HU", 0)]
    public async Task The_relative_tolerance_of_a_negative_number_is_a_share_of_its_size(string said, double expected) =>
        Assert.Equal(
            expected,
            await new NumericReward(new NumericOptions { RelativeTolerance = 0.1 })
                .Score($"<answer>{said}</answer>", Contexts.Answer("-100 HU")));

    // In doubles: 0.07 · 10 = 0.7000000000000001, 2.3 · 100 = 229.99999999999997, 9 · 0.001 = 0.009000000000000001,
    // 0.0003 · 10 = 0.0029999999999999996. One part in 10¹¹ is more than a last digit.
    [Theory]
    [InlineData("0.07 cm", "0.7 mm", 1)]
    [InlineData("0.7 mm", "0.07 cm", 1)]
    [InlineData("2.3 cm²", "230 mm²", 1)]
    [InlineData("9 mm³", "0.009 ml", 1)]
    [InlineData("3 um", "0.0003 cm", 1)]
    [InlineData("0.70000000001 mm", "0.07 cm", 0)]
    public async Task Rounding_in_unit_conversions_is_tolerated(string said, string right, double expected) =>
        Assert.Equal(expected, await new NumericReward().Score($"<answer>{said}</answer>", Contexts.Answer(right)));

    // By definition: 1 cm = 10 mm, 1 m = 1000 mm, 1 µm = 1/1000 mm; 1 cm² = 10² mm²; 1 ml = 1 cm³ = 10³ mm³ = 1/1000 l.
    [Fact]
    public void Medical_units_have_their_defined_values()
    {
        (string Name, string Dimension, double Factor)[] expected =
        [
            ("\u00B5m", "mm", 0.001), ("\u03BCm", "mm", 0.001), ("um", "mm", 0.001),
            ("mm", "mm", 1), ("millimeter", "mm", 1), ("millimeters", "mm", 1),
            ("cm", "mm", 10), ("centimeter", "mm", 10), ("centimeters", "mm", 10), ("m", "mm", 1000),
            ("mm²", "mm²", 1), ("mm2", "mm²", 1), ("cm²", "mm²", 100), ("cm2", "mm²", 100),
            ("mm³", "ml", 0.001), ("mm3", "ml", 0.001), ("cm³", "ml", 1), ("cm3", "ml", 1),
            ("ml", "ml", 1), ("cc", "ml", 1), ("l", "ml", 1000),
            ("%", "share", 0.01), ("percent", "share", 0.01),
            ("°", "degree", 1), ("degree", "degree", 1), ("degrees", "degree", 1), ("hu", "HU", 1),
        ];
        Assert.Equal(
            expected.Order(),
            NumericOptions.MedicalUnits.Select(unit => (unit.Key, unit.Value.Dimension, unit.Value.Factor)).Order());
    }

    [Theory]
    [InlineData("37 °C")]
    [InlineData("37 ° C")]
    [InlineData("120 mm Hg")]
    [InlineData("60 ml/min")]
    [InlineData("3 m·s⁻¹")]
    public async Task Compound_units_are_unknown(string right)
    {
        NumericReward reward = new();
        Assert.Null(reward.Describe(right));
        Assert.Null(await reward.Score($"<answer>{right}</answer>", Contexts.Answer(right)));
    }

    [Fact]
    public async Task Relative_tolerances_and_required_units_apply()
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
        // Intersection 1 × 2, union 4 + 4 − 2.
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
    public async Task The_box_of_the_answer_is_compared_with_the_right_one(string said, double expected) =>
        Assert.Equal(
            expected,
            (await new BoxIouReward().Score($"<answer>{said}</answer>", Contexts.Answer("[0,0,2,2]")))!.Value,
            1e-15);

    [Fact]
    public async Task Boxes_below_the_threshold_count_nothing_and_no_box_abstains()
    {
        Assert.Equal(0, await new BoxIouReward(0.5).Score("<answer>[1,0,3,2]</answer>", Contexts.Answer("[0,0,2,2]")));
        Assert.Null(await new BoxIouReward().Score("<answer>[1,0,3,2]</answer>", Contexts.Answer("left lung")));
    }

    // Half of the right box: an overlap of 2 in 4. Overlaps below the threshold count nothing; 0.5 is not below 0.5.
    [Fact]
    public async Task Boxes_at_the_threshold_count() =>
        Assert.Equal(0.5, await new BoxIouReward(0.5).Score("<answer>[0,0,1,2]</answer>", Contexts.Answer("[0,0,2,2]")));

    // Ordered corners have left <= right and top <= bottom; a line and a point are boxes without area.
    [Theory]
    [InlineData("[0, 2, 2, 0]", 0)]
    [InlineData("[2, 0, 0, 2]", 0)]
    [InlineData("[0, 1, 2, 1]", 1)]
    [InlineData("[1, 0, 1, 2]", 1)]
    [InlineData("[1, 1, 1, 1]", 1)]
    public void Corners_out_of_order_are_not_a_box(string text, int count) =>
        Assert.Equal(count, BoxIouReward.Find(text).Count);

    // As Qwen2-VL writes boxes, without and with the tokens around them, and as nested lists.
    [Theory]
    [InlineData("(10,20),(300.5,400)")]
    [InlineData("<|box_start|>(10, 20) , ( 300.5, 400 )<|box_end|>")]
    [InlineData("[[10, 20], [300.5, 400]]")]
    [InlineData("(10, 20, 300.5, 400)")]
    public void Two_points_are_a_box(string text) => Assert.Equal([new Box(10, 20, 300.5, 400)], BoxIouReward.Find(text));

    [Theory]
    [InlineData("(10,20) (300,400)")]
    [InlineData("(10,20),300,400")]
    [InlineData("(10,20),(300,400,500)")]
    [InlineData("(300,20),(10,400)")]
    public void Other_points_are_not(string text) => Assert.Empty(BoxIouReward.Find(text));

    [Fact]
    public void The_pairing_of_boxes_is_optimal()
    {
        // Compared with all pairings, for random squares, with more answers than right boxes and vice versa.
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
            Assert.Equal(best / many.Length, BoxIouReward.Score(ours, theirs), 1e-12);
        }
    }

    private static IEnumerable<int[]> Orders(int count, int places) => places == 0
        ? [[]]
        : Orders(count, places - 1).SelectMany(head => Enumerable.Range(0, count)
            .Where(next => !head.Contains(next)).Select(next => (int[])[.. head, next]));
}
