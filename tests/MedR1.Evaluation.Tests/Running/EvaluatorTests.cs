using System.Runtime.CompilerServices;

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
        Assert.Contains("answered 4 of 5", few.Message);

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
                yield return new CompletionGroup(prompt, [completion]) { PromptIndex = index };
            }
        }
    }
}
