using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

/// <summary>
/// The worked numbers follow the Hugging Face definitions: z = [2, 1, 0.5, −1, 3, −0.5], ids so far {4, 3},
/// penalty 1.2, temperature 0.7.
/// </summary>
public sealed class LogitsProcessorTests : IDisposable
{
    private static readonly float Out = float.NegativeInfinity;
    private static readonly float[] Scaled = [2.857143f, 1.428571f, 0.714286f, -1.714286f, 3.571429f, -0.714286f];
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_repetition_penalty_divides_or_multiplies_earlier_tokens()
    {
        using TokenHistory history = TokenHistory.Create([[4, 3, 4]], 1, 6, CPU);
        Equal([2, 1, 0.5f, -1.2f, 2.5f, -0.5f], new RepetitionPenaltyProcessor(1.2).Process(
            Row(2, 1, 0.5f, -1, 3, -0.5f), new LogitsContext([0], history)));
    }

    [Fact]
    public void The_history_grows_with_each_row()
    {
        using TokenHistory history = TokenHistory.Create([[0], [1]], 2, 3, CPU);
        history.Add(tensor(new long[] { 1, 2, 2, 1 }));
        Assert.Equal(
            [true, true, false, true, false, true, false, true, true, false, true, false],
            history.Seen.data<bool>().ToArray());
    }

    [Fact]
    public void A_repetition_penalty_needs_the_history()
    {
        Assert.Throws<ArgumentException>(() => new RepetitionPenaltyProcessor(1.2).Process(Row(1), Context()));
    }

    [Fact]
    public void A_temperature_divides()
    {
        Equal(Scaled, new TemperatureProcessor(0.7).Process(Row(2, 1, 0.5f, -1.2f, 2.5f, -0.5f), Context()));
    }

    [Fact]
    public void Top_k_keeps_ties_with_the_kth()
    {
        Equal([Out, 2, 2, Out, 3], new TopKProcessor(2).Process(Row(1, 2, 2, 0, 3), Context()));
        Equal([1, 2], new TopKProcessor(9).Process(Row(1, 2), Context()));
    }

    // Probabilities of the four largest: .294144, .070492, .034509, .600856.
    [Theory]
    [InlineData(0.8, new[] { 0, 4 })]
    [InlineData(0.95, new[] { 0, 1, 4 })]
    [InlineData(0.5, new[] { 4 })]
    public void Top_p_keeps_the_nucleus(double topP, int[] kept)
    {
        Tensor four = new TopKProcessor(4).Process(Row(Scaled), Context());
        Assert.Equal(kept, Kept(new TopPProcessor(topP).Process(four, Context())));
    }

    // A nucleus of 0 would keep nothing, and a minimum share of 1 only the likeliest.
    [Theory]
    [InlineData(1, new[] { 4 })]
    [InlineData(3, new[] { 0, 1, 4 })]
    [InlineData(9, new[] { 0, 1, 2, 3, 4, 5 })]
    public void The_minimum_number_of_tokens_is_kept(int minTokens, int[] kept)
    {
        float[] logits = [2, 1, 0.5f, -1, 3, -0.5f];
        float[] expected = [.. logits.Select((logit, id) => kept.Contains(id) ? logit : Out)];
        Equal(expected, new TopPProcessor(0, minTokens).Process(Row(logits), Context()));
        Equal(expected, new MinPProcessor(1, minTokens).Process(Row(logits), Context()));
        Equal(expected, new TopKProcessor(1, minTokens).Process(Row(logits), Context()));
    }

    public static TheoryData<string, Func<ILogitsProcessor>> Mistakes => new()
    {
        { "temperature", () => new TemperatureProcessor(0) },
        { "penalty", () => new RepetitionPenaltyProcessor(0) },
        { "topK", () => new TopKProcessor(0) },
        { "minTokensToKeep", () => new TopKProcessor(1, 0) },
        { "topP", () => new TopPProcessor(-0.1) },
        { "topP", () => new TopPProcessor(1.1) },
        { "minTokensToKeep", () => new TopPProcessor(0.5, 0) },
        { "minP", () => new MinPProcessor(-0.1) },
        { "minP", () => new MinPProcessor(1.1) },
        { "minTokensToKeep", () => new MinPProcessor(0.5, 0) },
        { "minNewTokens", () => new MinNewTokensProcessor(-1, [0]) },
        { "endTokenIds", () => new MinNewTokensProcessor(1, null!) },
        { "tokenIds", () => new SuppressedTokensProcessor(null!) },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Invalid_arguments_are_refused_with_the_name_of_the_parameter(string parameter, Func<ILogitsProcessor> create) =>
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(create).ParamName);

    [Fact]
    public void Top_p_keeps_the_larger_ids_of_equal_logits_at_the_edge_of_the_nucleus()
    {
        Assert.Equal([2, 3], Kept(new TopPProcessor(0.5).Process(Row(1, 1, 1, 1), Context())));
    }

    [Fact]
    public void Min_p_keeps_tokens_above_a_share_of_the_likeliest()
    {
        // 0.3 × 0.600856 = 0.180257, below 0.294144 and above 0.070492.
        Tensor four = new TopKProcessor(4).Process(Row(Scaled), Context());
        Assert.Equal([0, 4], Kept(new MinPProcessor(0.3).Process(four, Context())));
        Assert.Equal([0, 1, 4], Kept(new MinPProcessor(1, minTokensToKeep: 3).Process(Row(Scaled), Context())));
    }

    [Fact]
    public void End_tokens_are_excluded_only_in_rows_with_too_few_tokens()
    {
        Tensor logits = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        Tensor result = new MinNewTokensProcessor(2, [0, 2]).Process(logits, new LogitsContext([1, 2], null));
        Equal([Out, 2, Out, 4, 5, 6], result);
    }

    [Fact]
    public void Without_work_a_processor_returns_its_input_and_none_writes_into_it()
    {
        Tensor logits = Row(Scaled);
        Assert.Same(logits, new TemperatureProcessor(1).Process(logits, Context()));
        Assert.Same(logits, new SuppressedTokensProcessor([]).Process(logits, Context()));
        Assert.Same(logits, new MinNewTokensProcessor(0, [1]).Process(logits, Context()));

        using TokenHistory history = TokenHistory.Create([[1]], 1, 6, CPU);
        ILogitsProcessor[] all =
        [
            new RepetitionPenaltyProcessor(2), new MinNewTokensProcessor(5, [1]), new SuppressedTokensProcessor([2, 2]),
            new TemperatureProcessor(3), new TopKProcessor(2), new TopPProcessor(0.5), new MinPProcessor(0.5),
        ];
        foreach (ILogitsProcessor processor in all)
        {
            Assert.NotSame(logits, processor.Process(logits, new LogitsContext([0], history)));
            Equal(Scaled, logits);
        }
    }

    [Fact]
    public void Processors_run_in_the_order_of_generate()
    {
        SamplingOptions options = new()
        {
            RepetitionPenalty = 1.1, MinNewTokens = 1, Temperature = 0.5, TopK = 5, TopP = 0.9, MinP = 0.1,
        };
        Assert.Equal(
            [typeof(RepetitionPenaltyProcessor), typeof(MinNewTokensProcessor), typeof(SuppressedTokensProcessor)],
            LogitsProcessors.CreatePenalties(options, [1], [2]).Select(processor => processor.GetType()));
        Assert.Equal(
            [typeof(TemperatureProcessor), typeof(TopKProcessor), typeof(TopPProcessor), typeof(MinPProcessor)],
            LogitsProcessors.CreateWarpers(options).Select(processor => processor.GetType()));
        Assert.Empty(LogitsProcessors.CreateWarpers(options with { Temperature = 0 }));
        Assert.Empty(LogitsProcessors.CreateWarpers(new SamplingOptions()));
    }

    private static LogitsContext Context() => new([0], null);

    private static Tensor Row(params float[] values) => tensor(values).unsqueeze(0);

    private static int[] Kept(Tensor logits) =>
        [.. logits.data<float>().ToArray().Index().Where(pair => float.IsFinite(pair.Item)).Select(pair => pair.Index)];

    private static void Equal(float[] expected, Tensor got)
    {
        float[] values = got.data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                expected[i] == values[i] || Math.Abs(expected[i] - values[i]) < 2e-6,
                $"[{i}] is {values[i]}, not {expected[i]}");
        }
    }
}
