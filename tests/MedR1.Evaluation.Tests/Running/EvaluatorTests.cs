using System.Runtime.CompilerServices;
using MedR1.Datasets;
using MedR1.TestSupport;

namespace MedR1.Evaluation.Tests;

public sealed class EvaluatorTests
{
    private static readonly ListDataset s_dataset = new(
        [.. Enumerable.Range(0, 5).Select(i => Examples.Choice(i % 2, "first", "second") with { Id = $"q{i}" })]);

    // 'A' is right for every second question.
    private static readonly EvaluationProgress[] s_progress = [new(1, 5, 1), new(2, 5, 1), new(3, 5, 2), new(4, 5, 2), new(5, 5, 3)];

    [Fact]
    public async Task Asks_every_question_once_and_greedily_in_batches()
    {
        FakeSampler sampler = new(_ => "<answer>A</answer>");
        ProgressList<EvaluationProgress> progress = [];

        EvaluationReport report = await Evaluator.EvaluateAsync(
            sampler, s_dataset, PromptTemplates.AnswerOnly, ScoringRules.MedR1,
            new EvaluationOptions { BatchSize = 2, MaxNewTokens = 9, Name = "model" }, progress);

        Assert.Equal([2, 2, 1], sampler.BatchSizes);
        Assert.Equal(new SamplingOptions { SamplesPerPrompt = 1, Temperature = 0, MaxNewTokens = 9 }, sampler.Options);
        Assert.Equal(("model", "med-r1", new Accuracy(3, 5)), (report.Name, report.Rule, report.Overall.Accuracy));
        Assert.Equal(["q0", "q1", "q2", "q3", "q4"], report.Answers.Select(answer => answer.Example.Id));
        Assert.Equal(s_progress, progress);
    }

    // 256 tokens as in Med-R1's evaluation.
    [Fact]
    public async Task By_default_asks_64_questions_at_once_for_256_tokens()
    {
        Assert.Equal(new EvaluationOptions { MaxNewTokens = 256, BatchSize = 64, Name = null, Origin = null }, new EvaluationOptions());
        FakeSampler sampler = new(_ => "<answer>A</answer>");
        ListDataset dataset = new([.. Enumerable.Range(0, 65).Select(i => Examples.Choice(0, "a", "b") with { Id = $"q{i}" })]);

        EvaluationReport report = await Evaluator.EvaluateAsync(
            sampler, dataset, PromptTemplates.AnswerOnly, ScoringRules.MedR1);

        Assert.Equal([64, 1], sampler.BatchSizes);
        Assert.Equal(256, sampler.Options?.MaxNewTokens);
        Assert.Equal(("list", "greedy, at most 256 tokens"), (report.Name, report.Origin.Sampling));
    }

    [Fact]
    public async Task A_repetition_penalty_reaches_the_sampler_and_the_report()
    {
        FakeSampler sampler = new(_ => "<answer>A</answer>");
        EvaluationReport report = await Evaluator.EvaluateAsync(
            sampler, s_dataset, PromptTemplates.AnswerOnly, ScoringRules.MedR1, new EvaluationOptions { RepetitionPenalty = 1.05 });

        Assert.Equal(1.05, sampler.Options?.RepetitionPenalty);
        Assert.Equal("greedy, at most 256 tokens, repetition penalty 1.05", report.Origin.Sampling);
    }

    [Fact]
    public async Task Every_setting_that_changes_answers_is_in_the_report()
    {
        SamplingOptions sampling = new()
        {
            MaxNewTokens = 9, MinNewTokens = 2, Temperature = 0.7, TopK = 5, TopP = 0.9, MinP = 0.05, RepetitionPenalty = 1.1,
            SuppressedTokenIds = [3, 4], EndTokenIds = [7], StopStrings = ["</answer>", "."], SamplesPerPrompt = 2,
        };
        SampledReport report = await Evaluator.EvaluateSamplesAsync(
            new FakeSampler(_ => "<answer>A</answer>"), s_dataset, PromptTemplates.AnswerOnly, ScoringRules.MedR1, new() { Sampling = sampling });

        Assert.Equal(
            "2 answers at temperature 0.7, at most 9 tokens, at least 2 tokens, top-k 5, top-p 0.9, min-p 0.05, repetition penalty 1.1, "
            + "without the tokens 3 4, ended by the tokens 7, ended by '</answer>' '.'",
            report.Origin.Sampling);
    }

    [Fact]
    public async Task Invalid_settings_are_refused_before_anything_is_asked()
    {
        FakeSampler sampler = new(_ => "A");
        foreach (double penalty in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            SamplingOptionsException refusal = await Assert.ThrowsAsync<SamplingOptionsException>(() => Evaluator.EvaluateAsync(
                sampler, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1, new EvaluationOptions { RepetitionPenalty = penalty }));
            Assert.Contains("RepetitionPenalty is ", refusal.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<SamplingOptionsException>(() => Evaluator.EvaluateSamplesAsync(
            sampler, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1, new() { Sampling = new SamplingOptions { TopP = 2 } }));
        Assert.Empty(sampler.BatchSizes);
    }

    // The samples of a question must not depend on the others in its batch.
    [Fact]
    public async Task Asks_every_question_several_times_with_separate_seeds()
    {
        SamplingOptions sampling = new() { SamplesPerPrompt = 3, Temperature = 0.5, Seed = 4 };
        List<string[]> runs = [];
        foreach (int batchSize in (int[])[2, 5])
        {
            FakeSampler sampler = new(_ => "<answer>A</answer>");
            SampledReport report = await Evaluator.EvaluateSamplesAsync(
                sampler, s_dataset, PromptTemplates.AnswerOnly, ScoringRules.MedR1,
                new SampledEvaluationOptions { Sampling = sampling, BatchSize = batchSize });
            Assert.Equal(sampling, sampler.Options);
            Assert.Equal((5, 3, 0.6), (report.Questions.Count, report.SampleCount, report.MeanAccuracy));
            Assert.Equal(4, report.Origin.Seed);
            Assert.Equal("3 answers at temperature 0.5, at most 256 tokens", report.Origin.Sampling);
            runs.Add([.. sampler.Seeds]);
        }

        Assert.Equal(runs[0], runs[1]);

        // 4 + 0x9E3779B97F4A7C15 and 4 + 2 · 0x9E3779B97F4A7C15, modulo 2⁶⁴, as signed numbers.
        Assert.Equal(["-7046029254386353127", "4354685564936845358"], runs[0].Take(2));
        Assert.Equal(5, runs[0].Distinct().Count());
    }

    [Fact]
    public async Task Keeps_the_callers_name_origin_and_seed_and_takes_the_data_sets_otherwise()
    {
        FakeSampler sampler = new(_ => "<answer>A</answer>");
        ReportOrigin origin = new() { Model = "tiny", Dataset = "given" };
        ProgressList<EvaluationProgress> progress = [];
        SampledReport named = await Evaluator.EvaluateSamplesAsync(
            sampler, s_dataset, new Seeding(), ScoringRules.MedR1, new() { Name = "model", Origin = origin }, progress);
        Assert.Equal(("model", "tiny", "given"), (named.Name, named.Origin.Model, named.Origin.Dataset));
        Assert.Equal(s_progress, progress);
        Assert.Equal(Enumerable.Repeat("77", 5), sampler.Seeds);
        SampledReport plain = await Evaluator.EvaluateSamplesAsync(
            sampler, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1, new() { Origin = origin with { Dataset = null } });
        Assert.Equal(("list", "tiny", "list"), (plain.Name, plain.Origin.Model, plain.Origin.Dataset));
    }

    [Fact]
    public async Task Runs_the_blind_views_of_a_model()
    {
        IReadOnlyList<EvaluationReport> reports = await BlindBaselines.OfModelAsync(
            new FakeSampler(_ => "<answer>A</answer>"), [s_dataset.WithoutImages(), s_dataset], PromptTemplates.AnswerOnly,
            ScoringRules.MedR1, new EvaluationOptions { Name = "not used", MaxNewTokens = 9 });
        Assert.Equal("greedy, at most 9 tokens", reports[1].Origin.Sampling);
        Assert.Equal(["list (question only)", "list"], reports.Select(report => report.Name));
        Assert.Equal([3, 3], reports.Select(report => report.Overall.Accuracy.Correct));
        IReadOnlyList<EvaluationReport> fitted = BlindBaselines.FromTraining(s_dataset, s_dataset);
        Assert.Equal([BlindPrior.RuleName, MajorityLetter.RuleName], fitted.Select(report => report.Rule));
        Assert.Equal("counted on 5 training questions", fitted[0].Origin.Training);
    }

    [Fact]
    public async Task Stops_when_cancelled()
    {
        using CancellationTokenSource source = new();
        FakeSampler sampler = new(index =>
        {
            source.Cancel();
            return "A";
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Evaluator.EvaluateAsync(
            sampler, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1, new() { BatchSize = 2 },
            cancellationToken: source.Token));
        Assert.Equal([2], sampler.BatchSizes);
    }

    [Fact]
    public async Task Refuses_a_sampler_that_skips_a_question_or_answers_another()
    {
        FakeSampler lazy = new(_ => "A") { GroupsLeftOut = 1 };
        InvalidOperationException few = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Evaluator.EvaluateAsync(lazy, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1));
        Assert.Contains("answered only 4 of 5", few.Message);

        FakeSampler eager = new(_ => "A") { GroupsLeftOut = -1 };
        InvalidOperationException many = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Evaluator.EvaluateAsync(eager, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1));
        Assert.Contains("for prompt 5 of 5 were expected", many.Message);

        // Of the third group, the second answer was cancelled: what is whole of it does not count.
        FakeSampler cancelled = new(_ => "A") { CancelledAt = 2 };
        few = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Evaluator.EvaluateSamplesAsync(cancelled, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1));
        Assert.Contains("answered only 2 of 5", few.Message);

        FakeSampler confused = new(_ => "A") { Reverses = true };
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Evaluator.EvaluateAsync(confused, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1));
    }

    [Fact]
    public async Task Refuses_an_empty_data_set() => await Assert.ThrowsAsync<ArgumentException>(
        () => Evaluator.EvaluateAsync(
            new FakeSampler(_ => "A"), new ListDataset(), PromptTemplates.Plain, ScoringRules.MedR1));

    private sealed class Seeding : IPromptTemplate
    {
        public string Name => "seeding";

        public VqaPrompt Format(VqaExample example) => PromptTemplates.Plain.Format(example) with { Seed = 77 };
    }

    private sealed class FakeSampler(Func<int, string> answer) : ISampler
    {
        public List<int> BatchSizes { get; } = [];

        public List<string> Seeds { get; } = [];

        public SamplingOptions? Options { get; private set; }

        public int GroupsLeftOut { get; init; }

        public bool Reverses { get; init; }

        public int? CancelledAt { get; init; }

        public async IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            BatchSizes.Add(prompts.Count);
            Options = options;
            foreach (int index in Enumerable.Range(0, prompts.Count - GroupsLeftOut))
            {
                await Task.Yield();
                VqaPrompt prompt = prompts[Math.Min(Reverses ? prompts.Count - 1 - index : index, prompts.Count - 1)];
                IEnumerable<Completion> completions = Enumerable.Range(0, options.SamplesPerPrompt).Select(sample => new Completion
                {
                    Text = answer(index),
                    TokenIds = [1],
                    StopReason = index == CancelledAt && sample == 1 ? StopReason.Cancelled : StopReason.EndToken,
                });
                Seeds.Add($"{prompt.Seed}");
                yield return new CompletionGroup(prompt, [.. completions]) { PromptIndex = index };
            }
        }
    }
}
