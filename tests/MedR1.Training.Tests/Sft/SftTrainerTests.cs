using System.Text.RegularExpressions;
using MedR1.Modeling;
using MedR1.Testing;
using TorchSharp;

namespace MedR1.Training.Tests;

public sealed class SftTrainerTests
{
    [Fact]
    public async Task A_cache_key_of_the_caller_does_not_collide_with_places()
    {
        async Task<float[][]> TrainAsync(long cacheBytes)
        {
            using TinyPolicy policy = TestData.Policy();
            IReadOnlyList<SupervisedExample> examples = TestData.Examples(6);
            using SftTrainer trainer = new SftTrainerBuilder(policy)
                .UseExamples([examples[0] with { CacheKey = 5 }, .. examples.Skip(1)])
                .Configure(options =>
                {
                    options.ExamplesPerStep = 6;
                    options.MaxSteps = 2;
                    options.PromptCacheBytes = cacheBytes;
                })
                .Build();
            await trainer.RunAsync();
            return TestData.Weights(policy);
        }

        Assert.Equal(await TrainAsync(0), await TrainAsync(1 << 20));
    }

    [Fact]
    public async Task Learns_examples_by_heart()
    {
        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples(TestData.Examples(8))
            .Configure(options =>
            {
                options.ExamplesPerStep = 8;
                options.ExamplesPerMicroBatch = 4;
                options.MaxSteps = 40;
                options.LearningRate = 0.02;
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(40, report.Steps);
        Assert.Equal(0, report.SkippedSteps);
        double first = report.History[0].Values["loss"];
        Assert.True(report.LastMetrics["loss"] < 0.2 * first, $"{first} → {report.LastMetrics["loss"]}");
        Assert.Equal(40, report.LastMetrics["epoch"]);
    }

    [Fact]
    public async Task A_step_whose_examples_all_have_the_weight_0_is_named_with_them()
    {
        SupervisedExample[] examples = [.. TestData.Examples(6)];
        foreach (int ignored in new[] { 1, 2, 3 })
        {
            examples[ignored] = examples[ignored] with { TokenWeighting = (tokens, _) => new float[tokens.Count] };
        }

        using TinyPolicy policy = TestData.Policy();
        using SftTrainer trainer = new SftTrainerBuilder(policy).UseExamples(examples).UseOrder(new SequentialOrder())
            .Configure(options => (options.ExamplesPerStep, options.MaxSteps) = (2, 3)).Build();

        Assert.Equal(
            "All tokens of the 2 examples of step 2 have the weight 0, so there is nothing to learn from them. Leave out such "
            + "examples, or weight some of their tokens: 2, 3.",
            (await Assert.ThrowsAsync<InvalidDataException>(() => trainer.RunAsync())).Message);
    }

    [Fact]
    public async Task Accumulation_gives_the_gradient_of_one_large_batch()
    {
        ByteTokenizer tokenizer = new();
        EncodedPrompt sequence = new([.. tokenizer.Encode("a sequence of tokens")], []);
        SupervisedExample[] examples =
        [
            .. TestData.Examples(5),
            SupervisedExample.Tokens(sequence),
            SupervisedExample.Tokens(sequence, [.. sequence.TokenIds.Select((_, index) => index % 3 == 0 ? 2f : 0f)]),
            Weighed(TestData.Prompt(2), "weighed", 0.25f),
        ];
        float[]?[] whole = await FirstGradientAsync(examples, 8);

        foreach (int perMicroStep in new[] { 1, 2, 3, 4 })
        {
            Assert.InRange(GradientRecorder.Distance(whole, await FirstGradientAsync(examples, perMicroStep)), 0, 1e-5);
        }
    }

    [Fact]
    public async Task The_loss_is_the_weighted_mean_of_negative_log_probabilities()
    {
        using TinyPolicy policy = TestData.Policy();
        VqaPrompt prompt = TestData.Prompt(1);
        SupervisedExample example = Weighed(prompt, "xy", 1f, 3f, 0f);
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            [new PackedGroup(policy.Processor.Encode(prompt), [policy.Processor.EncodeCompletion("xy")])],
            new TokenStatisticsOptions());
        float[] own = statistics.LogProbabilities.detach().contiguous().data<float>().ToArray();

        TrainingReport report = await RunOnceAsync(policy, [example], _ => { });

        Assert.Equal(-(own[0] + 3 * own[1]) / 4, report.LastMetrics["loss"], 1e-5);
    }

    [Fact]
    public async Task A_whole_conversation_learns_the_prompt_too()
    {
        VqaPrompt prompt = TestData.Prompt(1);
        using TinyPolicy policy = TestData.Policy();
        EncodedPrompt encoded = policy.Processor.Encode(prompt);
        EncodedPrompt whole = encoded with
        {
            TokenIds = [.. encoded.TokenIds, .. policy.Processor.EncodeCompletion("xy"), (byte)'\n'],
        };
        using TokenStatistics own = policy.SequenceLogProbabilities([whole]);
        double expected = -own.LogProbabilities.mean().ToDouble();

        TrainingReport report = await RunOnceAsync(policy, [SupervisedExample.Answer(prompt, "xy")], options =>
        {
            options.TrainOnPrompt = true;
            options.TextAfterAnswer = "\n";
        });

        Assert.Equal(expected, report.LastMetrics["loss"], 1e-5);
    }

    [Fact]
    public void A_conversation_must_end_with_text_of_the_assistant()
    {
        SupervisedExample example = SupervisedExample.Conversation(
            [ChatMessage.User("?"), ChatMessage.Assistant("yes")]);

        Assert.Equal("yes", example.Completion);
        Assert.Single(example.Prompt!.Messages);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => SupervisedExample.Conversation([ChatMessage.User("?")]));
        Assert.Contains("assistant", exception.Message);
    }

    [Fact]
    public void Each_answer_of_a_conversation_follows_all_that_comes_before_it()
    {
        ChatMessage[] messages =
        [
            ChatMessage.System("be brief"), ChatMessage.User("a?"), ChatMessage.Assistant("x"), ChatMessage.User("b?"),
            ChatMessage.Assistant("y"), ChatMessage.User("c?"),
        ];

        IReadOnlyList<SupervisedExample> examples = SupervisedExample.EachAnswer(messages);

        Assert.Equal(["x", "y"], examples.Select(example => example.Completion));
        Assert.Equal(messages[..2], examples[0].Prompt!.Messages);
        Assert.Equal(messages[..4], examples[1].Prompt!.Messages);
        Assert.Throws<ArgumentException>(() => SupervisedExample.EachAnswer([ChatMessage.User("?")]));
        Assert.Throws<ArgumentException>(() => SupervisedExample.EachAnswer([ChatMessage.Assistant("!"), ChatMessage.User("?")]));
    }

    [Fact]
    public void The_letter_of_an_answer_can_be_weighted()
    {
        ByteTokenizer tokenizer = new();
        int[] tokens = [.. tokenizer.Encode("<answer> C </answer>"), ByteTokenizer.EndTokenId];

        TokenWeighting weigh = TokenWeightings.Matching(new Regex(@"<answer> (\w)"), 10, 0.5f);
        IReadOnlyList<float> weights = weigh(tokens, tokenizer);

        // One token per byte: the letter is at 9.
        Assert.Equal(tokens.Length, weights.Count);
        Assert.All(weights.Select((weight, index) => (weight, index)), token =>
            Assert.Equal(token.index == 9 ? 10 : 0.5f, token.weight));
    }

    [Fact]
    public async Task Invalid_weights_and_overlong_examples_are_refused()
    {
        using TinyPolicy policy = new(new TinyPolicyOptions { ContextLength = 32 });

        InvalidDataException few = await Assert.ThrowsAsync<InvalidDataException>(() => RunOnceAsync(
            policy, [Weighed(TestData.Prompt(1), "xy", 1f, 1f)], _ => { }));
        InvalidDataException negative = await Assert.ThrowsAsync<InvalidDataException>(() => RunOnceAsync(
            policy, [Weighed(TestData.Prompt(1), "xy", 1f, -1f, 1f)], _ => { }));
        InvalidPromptException longer = await Assert.ThrowsAsync<InvalidPromptException>(() => RunOnceAsync(
            policy, [SupervisedExample.Answer(TestData.Prompt(1), new string('x', 40))], _ => { }));

        Assert.Contains("2 weights for 3 tokens", few.Message);
        Assert.Contains("-1", negative.Message);
        Assert.Contains("Example 0", longer.Message);
    }

    [Fact]
    public async Task A_step_whose_loss_is_not_finite_is_skipped_and_counted_and_the_schedule_goes_on()
    {
        // The second example's weighted log-probabilities, of a few −1 each, are infinite in float32, which ends at 3.4e38.
        using TinyPolicy policy = TestData.Policy();
        GradientRecorder recorder = new(policy);
        List<float[][]> weights = [];
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples([TestData.Examples(1)[0], Weighed(TestData.Prompt(1), "xy", 3e38f), TestData.Examples(3)[2]])
            .UseOrder(new SequentialOrder())
            .Configure(options =>
                (options.ExamplesPerStep, options.MaxSteps, options.LearningRate, options.Warmup) = (1, 3, 0.03, 0))
            .AddObserver(recorder)
            .AddObserver(new AtStep(1, Keep)).AddObserver(new AtStep(2, Keep)).AddObserver(new AtStep(3, Keep))
            .Build();
        TrainingReport report = await trainer.RunAsync();

        Assert.Equal((3, 1), (report.Steps, report.SkippedSteps));
        Assert.Equal([0.0, 1, 1], report.History.Select(step => step.Values["skipped_steps"]));

        // Half a cosine: (1 + cos(π·k/3))/2 is 1, 3/4 and 1/4.
        Assert.Equal([0.03, 0.0225, 0.0075], report.History.Select(step => Math.Round(step.Values["learning_rate"], 12)));
        Assert.Equal(weights[0], weights[1]);
        Assert.NotEqual(weights[1], weights[2]);
        Assert.Equal(2, recorder.Steps.Count);

        void Keep() => weights.Add(TestData.Weights(policy));
    }

    [Fact]
    public async Task Observers_see_the_log_probabilities_of_every_pass_and_examples_sorted_by_length()
    {
        // Example 0 has no image and an answer of one letter, 1 and 2 have one and two images and longer answers; each has an end token.
        using TinyPolicy policy = TestData.Policy();
        Passes passes = new();
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples([TestData.Examples(3)[2], TestData.Examples(3)[0], TestData.Examples(3)[1]])
            .UseOrder(new SequentialOrder())
            .Configure(options => (options.ExamplesPerStep, options.ExamplesPerMicroBatch, options.MaxSteps) = (3, 2, 2))
            .AddObserver(passes)
            .Build();
        await trainer.RunAsync();

        // The longest comes last, alone.
        Assert.Equal(["1/0: 2x3", "1/1: 1x4", "2/0: 2x3", "2/1: 1x4"], passes);
    }

    // A single weight applies to all tokens, several apply to one each.
    private static SupervisedExample Weighed(VqaPrompt prompt, string answer, params float[] weights) =>
        SupervisedExample.Answer(prompt, answer) with
        {
            TokenWeighting = (ids, _) => weights.Length == 1 ? [.. ids.Select(_ => weights[0])] : weights,
        };

    private static async Task<TrainingReport> RunOnceAsync(
        TinyPolicy policy, IReadOnlyList<SupervisedExample> examples, Action<SftTrainerOptions> configure)
    {
        using SftTrainer trainer = new SftTrainerBuilder(policy).UseExamples(examples).Configure(options =>
        {
            options.ExamplesPerStep = examples.Count;
            options.MaxSteps = 1;
        }).Configure(configure).Build();
        return await trainer.RunAsync();
    }

    private static async Task<float[]?[]> FirstGradientAsync(
        IReadOnlyList<SupervisedExample> examples, int perMicroStep)
    {
        using TinyPolicy policy = TestData.Policy();
        GradientRecorder recorder = new(policy);
        using SftTrainer trainer = new SftTrainerBuilder(policy).UseExamples(examples).AddObserver(recorder)
            .Configure(options =>
        {
            options.ExamplesPerStep = examples.Count;
            options.ExamplesPerMicroBatch = perMicroStep;
            options.MaxSteps = 1;
        }).Build();
        await trainer.RunAsync();
        return Assert.Single(recorder.Steps);
    }

    private sealed class Passes : List<string>, ISftObserver
    {
        public void OnMicroStep(long step, int microStep, torch.Tensor logProbabilities) =>
            Add($"{step}/{microStep}: {logProbabilities.shape[0]}x{logProbabilities.shape[1]}");
    }
}
