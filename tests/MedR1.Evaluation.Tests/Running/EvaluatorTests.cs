using System.Runtime.CompilerServices;
using MedR1.Datasets;

namespace MedR1.Evaluation.Tests;

public sealed class EvaluatorTests
{
    private static readonly ListDataset s_dataset = new(
        [.. Enumerable.Range(0, 5).Select(i => Examples.Choice(i % 2, "first", "second") with { Id = $"q{i}" })]);

    [Fact]
    public async Task Asks_every_question_once_and_greedily_in_batches()
    {
        FakeSampler sampler = new(_ => "<answer>A</answer>");
        List<EvaluationProgress> progress = [];

        EvaluationReport report = await Evaluator.EvaluateAsync(
            sampler, s_dataset, PromptTemplates.AnswerOnly, ScoringRules.MedR1,
            new EvaluationOptions { BatchSize = 2, MaxNewTokens = 9, Name = "model" }, new Progress(progress));

        Assert.Equal([2, 2, 1], sampler.BatchSizes);
        Assert.Equal(new SamplingOptions { SamplesPerPrompt = 1, Temperature = 0, MaxNewTokens = 9 }, sampler.Options);
        Assert.Equal(("model", "med-r1", new Accuracy(3, 5)), (report.Name, report.Rule, report.Overall.Accuracy));
        Assert.Equal(["q0", "q1", "q2", "q3", "q4"], report.Answers.Select(answer => answer.Example.Id));
        Assert.Equal(5, progress.Count);
        Assert.Equal(new EvaluationProgress(5, 5, 3), progress[^1]);
    }

    // 256 tokens are those of Med-R1's evaluation.
    [Fact]
    public async Task Asks_64_questions_at_once_for_256_tokens_unless_told_otherwise()
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

    // A question's draws must not depend on who shares its batch.
    [Fact]
    public async Task Asks_every_question_several_times_with_a_seed_of_its_own()
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
        Assert.Equal(5, runs[0].Distinct().Count());
    }

    [Fact]
    public async Task Runs_the_blind_views_of_a_model()
    {
        IReadOnlyList<EvaluationReport> reports = await BlindBaselines.OfModelAsync(
            new FakeSampler(_ => "<answer>A</answer>"), [s_dataset.WithoutImages(), s_dataset], PromptTemplates.AnswerOnly,
            ScoringRules.MedR1);
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
    public async Task Refuses_a_sampler_that_leaves_out_a_question_or_answers_another()
    {
        FakeSampler lazy = new(_ => "A") { GroupsLeftOut = 1 };
        InvalidOperationException few = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Evaluator.EvaluateAsync(lazy, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1));
        Assert.Contains("answered only 4 of 5", few.Message);

        FakeSampler confused = new(_ => "A") { Reverses = true };
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Evaluator.EvaluateAsync(confused, s_dataset, PromptTemplates.Plain, ScoringRules.MedR1));
    }

    [Fact]
    public async Task Refuses_an_empty_data_set() => await Assert.ThrowsAsync<ArgumentException>(
        () => Evaluator.EvaluateAsync(
            new FakeSampler(_ => "A"), new ListDataset(), PromptTemplates.Plain, ScoringRules.MedR1));

    private sealed class Progress(List<EvaluationProgress> seen) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => seen.Add(value);
    }

    private sealed class FakeSampler(Func<int, string> answer) : ISampler
    {
        public List<int> BatchSizes { get; } = [];

        public List<string> Seeds { get; } = [];

        public SamplingOptions? Options { get; private set; }

        public int GroupsLeftOut { get; init; }

        public bool Reverses { get; init; }

        public async IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            BatchSizes.Add(prompts.Count);
            Options = options;
            foreach (int index in Enumerable.Range(0, prompts.Count - GroupsLeftOut))
            {
                await Task.Yield();
                VqaPrompt prompt = prompts[Reverses ? prompts.Count - 1 - index : index];
                Completion completion =
                    new() { Text = answer(index), TokenIds = [1], StopReason = StopReason.EndToken };
                Seeds.Add($"{prompt.Seed}");
                yield return new CompletionGroup(
                    prompt, [.. Enumerable.Repeat(completion, options.SamplesPerPrompt)]) { PromptIndex = index };
            }
        }
    }
}
