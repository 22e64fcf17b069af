namespace MedR1.Rewards.Tests;

public sealed class DecisionTreeTests
{
    private const string Answer = "CT at 6-12 months, then CT at 18-24 months";

    [Fact]
    public void Reasoning_that_states_all_findings_in_order_scores_1()
    {
        DecisionTreeReport report = Trees.Fleischner.Check(
            "There is a solitary pulmonary nodule. It measures 7 mm. The patient is at high risk.", Answer);
        Assert.Equal(1, report.Score);
        Assert.Equal(Answer, report.Diagnosis);
        Assert.Equal(["number", "size of one", "risk, one of 6 to 8 mm"], report.Steps.Select(step => step.Node));
        Assert.Equal(["solitary pulmonary nodule", "7 mm", "high risk"], report.Steps.Select(step => step.Evidence));
        Assert.Contains("1.00: CT at 6-12 months", report.ToString());
        Assert.Contains("1 size of one: How large is it? 6 to 8 mm is present: Stated (“7 mm”)", report.ToString());
    }

    [Theory]
    [InlineData("<think>{0} The patient is at high risk.</think><answer>{1}</answer>", "Guidelines say {1} here. A single nodule of 7 mm.")]
    [InlineData("<think>{0} The patient is at high risk.</think><Answer>{1}</Answer>", "A single nodule of 7 mm.")]
    public void The_answer_is_removed_only_from_its_tags(string form, string reasoning)
    {
        string text = form.Replace("{0}", reasoning, StringComparison.Ordinal).Replace("{1}", Answer, StringComparison.Ordinal);
        DecisionTreeReport report = new DecisionTreeReward(Trees.Fleischner).Explain(text);
        Assert.Equal(Answer, report.Diagnosis);
        Assert.Equal(
            Trees.Fleischner.Check(
                $"{reasoning.Replace("{1}", Answer, StringComparison.Ordinal)} The patient is at high risk.", Answer).Score,
            report.Score);
    }

    [Fact]
    public void A_finding_that_contains_the_letters_of_the_answer_is_kept()
    {
        // "risk" is part of "high risk": it was removed there, and the words of the answer stayed.
        DecisionTreeReport report = new DecisionTreeReward(Trees.Fleischner).Explain(
            "<think>A single nodule of 7 mm. High risk.</think><answer>risk</answer>");
        Assert.Equal(
            Trees.Fleischner.Check("A single nodule of 7 mm. High risk.", "risk").Steps.Select(step => step.Evidence),
            report.Steps.Select(step => step.Evidence));
    }

    [Theory]
    [InlineData("A single nodule of 0.7 cm. High-risk patient.", 1)]
    [InlineData("One nodule. High risk.", 2 / 3.0)]
    [InlineData("Nothing.", 0)]
    [InlineData("High risk. A single nodule, diameter 7 mm.", 2.5 / 3)]
    [InlineData("A single nodule, size 7 mm, in a patient who is not at high risk.", 1 / 3.0)]
    [InlineData("A single nodule, size 9 mm. High risk.", 1 / 3.0)]
    [InlineData("A single nodule, size 7 mm, then 9 mm on the same nodule. High risk.", 1 / 3.0)]
    [InlineData("Multiple nodules, the largest 9 mm. Low risk.", 0)]
    [InlineData("A single nodule; slice thickness 9 mm. High risk. Its size is 7 x 5 mm.", 2.5 / 3)]
    [InlineData("Check whether there are multiple nodules. A single nodule of 7 mm, high risk.", 1)]
    public void Missing_wrong_and_misplaced_findings_lower_the_score(string reasoning, double expected) =>
        Assert.Equal(expected, Trees.Fleischner.Check(reasoning, Answer).Score, 1e-12);

    [Theory]
    [InlineData("The attenuation is -80 HU.", "hu", true)]
    [InlineData("The attenuation is \u221280 HU.", "hu", true)]
    [InlineData("The attenuation is 80 HU.", "hu", false)]
    [InlineData("The attenuation is 10-40 HU.", "hu", false)]
    [InlineData("The share is 5%-8%.", "%", false)]
    [InlineData("The angle is -5°.", "°", true)]
    [InlineData("The angle is 5°.", "°", false)]
    [InlineData("The angle is 5 degrees.", "°", false)]
    [InlineData("The depth is 5 \u03BCm.", "mm", false)]
    [InlineData("The water is at 37 °C.", "°", null)]
    [InlineData("The volume is 80 mm³.", "mm", null)]
    [InlineData("The volume is 80 mm3.", "mm", null)]
    [InlineData("The flow is 80 ml/min.", "ml", null)]
    [InlineData("Of slice 12. It is -5 mm long.", "mm", true)]
    [InlineData("By the guideline of 2017: -5 mm.", "mm", true)]
    [InlineData("(14 cm3, -2.8 cm)", "cm", true)]
    [InlineData("(14 cm^3, -2.8 cm)", "cm", true)]
    [InlineData("A volume of 14 cm^3", "ml", false)]
    public void Measures_are_read_with_sign_and_complete_unit(string text, string unit, bool? isNegative)
    {
        DecisionTree tree = DecisionTree.Parse($$"""
            {
              "name": "n", "source": "s", "root": "q",
              "findings": {
                "negative": { "range": { "unit": "{{unit}}", "below": 0 } },
                "positive": { "range": { "unit": "{{unit}}", "atLeast": 0 } }
              },
              "nodes": {
                "q": {
                  "question": "?",
                  "branches": [ { "finding": "negative", "to": "m" }, { "finding": "positive", "to": "p" } ]
                },
                "m": { "diagnosis": "minus" },
                "p": { "diagnosis": "plus" }
              }
            }
            """);
        Assert.Equal(
            isNegative switch { true => StepVerdict.Stated, false => StepVerdict.Contradicted, _ => StepVerdict.Unstated },
            tree.Check(text, "minus").Steps[0].Verdict);
    }

    [Fact]
    public void A_volume_next_to_a_diameter_is_not_a_size() => Assert.Equal(1, Trees.Fleischner.Check(
        "A single nodule. The nodule has a diameter of 5 mm and a volume of 80 mm³. The patient is at low risk.",
        "No routine follow-up").Score);

    [Fact]
    public void The_same_findings_support_only_their_own_answer()
    {
        const string Reasoning = "A single nodule of 7 mm in a low-risk patient.";
        Assert.Equal(1, Trees.Fleischner.Check(Reasoning, "CT at 6-12 months, then consider CT at 18-24 months").Score);
        Assert.Equal(1 / 3.0, Trees.Fleischner.Check(Reasoning, "No routine follow-up").Score, 1e-12);
        Assert.Null(Trees.Fleischner.Check(Reasoning, "Surgery").Diagnosis);
        Assert.Null(Trees.Fleischner.Check(Reasoning, "No follow-up or optional CT at 12 months").Diagnosis);
    }

    // LI-RADS v2018, table: APHE, 15 mm, capsule alone is LR-4; with washout LR-5 (LR-4 would need
    // less than 10 mm: APHE and washout are stated, the size contradicts it); without APHE, two of three at 15 mm
    // LR-4.
    [Theory]
    [InlineData("15 mm mass with nonrim APHE. No washout, no threshold growth. There is an enhancing capsule.", "LR-4", 1)]
    [InlineData("15 mm mass with nonrim APHE and nonperipheral washout.", "LR-5", 1)]
    [InlineData("15 mm mass with nonrim APHE and nonperipheral washout.", "LR-4", 1 / 3.0)]
    [InlineData("15 mm mass without APHE. Washout and capsule are seen.", "LI-RADS 4", 1)]
    [InlineData("25 mm lesion, rim APHE, no washout, capsule or threshold growth.", "LR-3", 1)]
    [InlineData("8 mm lesion with APHE; washout, capsule and threshold growth are not seen.", "LR-3", 1)]
    public void The_second_tree_follows_its_table(string reasoning, string answer, double expected) =>
        Assert.Equal(expected, Trees.LiRads.Check(reasoning, answer).Score, 1e-12);

    [Fact]
    public void Every_leaf_is_reachable_by_stating_its_findings()
    {
        foreach (DecisionTree tree in new[] { Trees.Fleischner, Trees.LiRads })
        {
            Assert.All(tree.Diagnoses, diagnosis => Assert.Equal(diagnosis, tree.Check("", diagnosis).Diagnosis));
            Assert.Contains("doi:10.1148/radiol", tree.Source);
        }
    }

    [Theory]
    [InlineData("No spiculation", false)]
    [InlineData("There is no evidence of any spiculation", false)]
    [InlineData("spiculation is not seen", false)]
    [InlineData("No effusion, calcification or spiculation", false)]
    [InlineData("No effusion, spiculation at the margin", true)]
    [InlineData("No effusion but spiculation", true)]
    [InlineData("not only spiculation", true)]
    [InlineData("No effusion. Spiculation.", true)]
    [InlineData("spiculation is unlikely", false)]
    [InlineData("smooth margins", false)]
    [InlineData("effusion, calcification and spiculation are absent", false)]
    [InlineData("spiculation, calcification and effusion are absent", false)]
    [InlineData("spiculation is there and effusion is absent", true)]
    [InlineData("rule out spiculation", null)]
    [InlineData("not smooth", null)]
    public void Negation_has_the_intended_scope(string text, bool? present)
    {
        DecisionTree tree = DecisionTree.Parse(Small());
        StepVerdict yes = tree.Check(text, "malignant").Steps[0].Verdict;
        Assert.Equal(
            present switch { true => StepVerdict.Stated, false => StepVerdict.Contradicted, _ => StepVerdict.Unstated },
            yes);
    }

    [Fact]
    public void A_missing_finding_may_lead_on_without_credit()
    {
        DecisionTree tree = DecisionTree.Parse(Small().Replace(
            """{ "finding": "spiculated", "absent": true, "to": "b" }""", """{ "otherwise": true, "to": "b" }"""));
        DecisionTreeReport silent = tree.Check("", "benign");
        Assert.Equal((1.0, StepVerdict.Assumed), (silent.Score, silent.Steps[0].Verdict));
        Assert.Equal(0, tree.Check("spiculation", "benign").Score);
    }

    [Fact]
    public async Task The_reward_separates_answer_and_reasoning()
    {
        DecisionTreeReward reward = new(DecisionTree.Parse(Small()));
        Assert.Equal(1, await reward.Score("<think>Spiculation.</think><answer>malignant</answer>"));
        Assert.Equal(0, await reward.Score("<think>Spiculation.</think><answer>benign</answer>"));
        Assert.Equal(0, await reward.Score("Spiculation, so malignant"));
        Assert.Null(await new DecisionTreeReward(DecisionTree.Parse(Small()), _ => false).Score("x"));
        Assert.Contains("Contradicted", reward.Explain("<think>Spiculation.</think><answer>benign</answer>").ToString());
    }

    internal static string Small() => """
        {
          "name": "n", "source": "s", "root": "q",
          "findings": { "spiculated": { "phrases": ["spiculation"], "absentPhrases": ["smooth"] } },
          "nodes": {
            "q": {
              "question": "Margin?",
              "branches": [
                { "finding": "spiculated", "to": "m" },
                { "finding": "spiculated", "absent": true, "to": "b" }
              ]
            },
            "m": { "diagnosis": "malignant" },
            "b": { "diagnosis": "benign" }
          }
        }
        """;
}
