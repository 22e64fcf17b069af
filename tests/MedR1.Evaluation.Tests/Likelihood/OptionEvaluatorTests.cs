using MedR1.TestSupport;

namespace MedR1.Evaluation.Tests;

public sealed class OptionEvaluatorTests
{
    private static readonly VqaExample s_example =
        Examples.Choice(1, "CT", "Ultrasound") with { Question = "How was it made?" };

    // Mean losses 1 and 0.5: softmax(1 / loss) = softmax(1, 2), so 1 / (1 + e) and e / (1 + e). The sums are −1 and −1.5,
    // by which the first would win: the rules differ.
    [Fact]
    public async Task Prefix_score_chooses_the_lowest_mean_loss()
    {
        List<(string Prompt, string[] Texts)> asked = [];
        DelegateContinuationScorer scorer = Scorer(asked, [[-1f], [-0.25f, -0.5f, -0.75f]]);
        EvaluationReport report = await OptionEvaluator.EvaluateAsync(
            scorer, new ListDataset(s_example), OptionScoring.OmniMedVqaPrefix);

        Assert.Equal("Question: How was it made? The answer is", asked[0].Prompt);
        Assert.Equal([" CT.", " Ultrasound."], asked[0].Texts);
        EvaluatedAnswer answer = report.Answers[0];
        Assert.Equal(("omnimedvqa-prefix", "Ultrasound", true), (report.Rule, answer.Text, answer.Scored.IsCorrect));
        Assert.Equal(1 / (1 + Math.E), answer.OptionProbabilities![0], 6);
        Assert.Equal(Math.E / (1 + Math.E), answer.OptionProbabilities![1], 6);
    }

    // Sums −1 and −1.5: probabilities with the ratio e^0.5.
    [Fact]
    public async Task Letters_and_texts_are_chosen_by_the_sum()
    {
        List<(string Prompt, string[] Texts)> asked = [];
        DelegateContinuationScorer scorer = Scorer(asked, [[-1f], [-0.25f, -0.5f, -0.75f]]);
        foreach (OptionScoring scoring in (OptionScoring[])[
            OptionScoring.Letters(PromptTemplates.Plain, "<answer> {0} </answer>"),
            OptionScoring.Texts(PromptTemplates.Plain)])
        {
            EvaluationReport report = await OptionEvaluator.EvaluateAsync(scorer, new ListDataset(s_example), scoring);
            Assert.False(report.Answers[0].Scored.IsCorrect);
            Assert.Equal(Math.Exp(0.5), report.Answers[0].OptionProbabilities![0] / report.Answers[0].OptionProbabilities![1], 5);
        }

        Assert.Equal(["<answer> A </answer>", "<answer> B </answer>"], asked[0].Texts);
        Assert.Equal(["CT", "Ultrasound"], asked[1].Texts);
        Assert.Equal("How was it made? A)CT, B)Ultrasound", asked[1].Prompt);
    }

    [Fact]
    public async Task Open_questions_are_skipped_and_equal_options_are_both_right()
    {
        VqaExample twice = Examples.Choice(1, "CT", "CT", "MRI");
        VqaExample open = new() { Id = "o", Question = "?", Answer = "x" };
        DelegateContinuationScorer scorer = Scorer([], [[-1f], [-2f], [-3f]]);
        EvaluationReport report = await OptionEvaluator.EvaluateAsync(
            scorer, new ListDataset(open, Examples.OptionsInText, twice), OptionScoring.OmniMedVqaPrefix);
        Assert.Equal(new Accuracy(1, 1), report.Overall.Accuracy);
    }

    // The first option is chosen each time. Questions without options count as done, but are not reported.
    [Fact]
    public async Task Reports_its_progress_and_the_callers_name_and_origin()
    {
        VqaExample right = Examples.Choice(0, "CT", "MRI", "PET"), wrong = Examples.Choice(1, "CT", "MRI", "PET");
        ListDataset dataset = new(Examples.OptionsInText, right, wrong);
        DelegateContinuationScorer scorer = Scorer([], [[-1f], [-2f], [-3f]]);
        ProgressList<EvaluationProgress> progress = [];
        EvaluationReport named = await OptionEvaluator.EvaluateAsync(
            scorer, dataset, OptionScoring.OmniMedVqaPrefix,
            new EvaluationOptions { Name = "model", Origin = new ReportOrigin { Model = "tiny", Dataset = "given" } }, progress);
        Assert.Equal([new EvaluationProgress(2, 3, 1), new EvaluationProgress(3, 3, 1)], progress);
        Assert.Equal(("model", "tiny", "given"), (named.Name, named.Origin.Model, named.Origin.Dataset));
        EvaluationReport plain = await OptionEvaluator.EvaluateAsync(scorer, dataset, OptionScoring.OmniMedVqaPrefix);
        Assert.Equal(("list", null, "list"), (plain.Name, plain.Origin.Model, plain.Origin.Dataset));
    }

    // A model that rules a token out gives it the log-probability of minus infinity.
    [Fact]
    public void Texts_of_probability_0_still_give_a_distribution()
    {
        const float never = float.NegativeInfinity;
        foreach (OptionScoring scoring in (OptionScoring[])[OptionScoring.Texts(PromptTemplates.Plain), OptionScoring.OmniMedVqaPrefix])
        {
            Assert.Equal([0.5, 0.5], scoring.Probabilities([[-1, never], [never]]));
            IReadOnlyList<double> one = scoring.Probabilities([[-1, never], [-1]]);
            Assert.Equal(1, one.Sum(), 12);
            Assert.True(one[1] > one[0]);
        }
    }

    [Fact]
    public async Task Refuses_invalid_scores()
    {
        Assert.Throws<ArgumentException>(() => OptionScoring.OmniMedVqaPrefix.Probabilities([[0.5f]]));
        Assert.Throws<ArgumentException>(() => OptionScoring.OmniMedVqaPrefix.Probabilities([[float.NaN]]));
        Assert.Throws<ArgumentException>(() => OptionScoring.OmniMedVqaPrefix.Probabilities([[]]));
        Assert.Throws<ArgumentException>(() => OptionScoring.OmniMedVqaPrefix.Probabilities([[-1f], []]));
        Assert.Throws<ArgumentException>(() => OptionScoring.OmniMedVqaPrefix.Probabilities([]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => OptionEvaluator.EvaluateAsync(
            Scorer([], [[-1f]]), new ListDataset(s_example), OptionScoring.OmniMedVqaPrefix));
    }

    [Fact]
    public void Certain_texts_still_give_probabilities() => Assert.Equal(
        [0.5, 0.5], OptionScoring.OmniMedVqaPrefix.Probabilities([[0f], [0f]]));

    private static DelegateContinuationScorer Scorer(
        List<(string Prompt, string[] Texts)> asked, float[][] scores) => new((prompt, texts, _) =>
    {
        asked.Add((string.Concat(prompt.Messages.SelectMany(message => message.Content).OfType<TextPart>()
            .Select(part => part.Text)), [.. texts]));
        return ValueTask.FromResult<IReadOnlyList<IReadOnlyList<float>>>(scores);
    });
}
