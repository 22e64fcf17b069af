using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class TokenChooserTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    // A single thread sums in the same order, whatever the number of rows.
    public TokenChooserTests() => set_num_threads(2);

    public void Dispose() => set_num_threads(_threads);

    // Vocabularies as large as those of published models: with more than one thread, libtorch sums one row of 32,768 elements or more in a
    // different order than several rows. Some of 32 rows then differ in the last bit.
    [Theory]
    [InlineData(40000)]
    [InlineData(151936)]
    public void The_token_of_a_row_does_not_depend_on_the_number_of_rows(int vocabularySize)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        TokenChooser chooser = new(new SamplingOptions { Temperature = 0.9, TopK = 5000 }, [], [7], []);
        for (int row = 0; row < 32; row++)
        {
            Tensor alone = randn([1, vocabularySize], generator: generator).Times(3);
            double uniform = CounterRandom.Uniform(5, row, 0);
            ChosenToken expected = Choose(chooser, alone, [uniform])[0];
            Assert.Equal(Enumerable.Repeat(expected, 3), Choose(chooser, alone.repeat(3, 1), [uniform, uniform, uniform]));
        }
    }

    // A prime number of probabilities can't be summed in blocks: the sums for one row and for two may differ in the last bit, and a number
    // at the border of a token then falls on the other side.
    [Fact]
    public void A_draw_at_the_border_of_two_tokens_is_the_same_alone_and_in_a_batch()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        const int VocabularySize = 40009;
        for (int row = 0; row < 8; row++)
        {
            Tensor alone = randn([1, VocabularySize], generator: generator).Times(3);
            double[] sums = alone.softmax(1).cumsum(1, ScalarType.Float64).data<double>().ToArray();
            for (int token = 1000; token < VocabularySize; token += 1000)
            {
                double uniform = sums[token] / sums[^1];
                long[] together = CategoricalDraw.Of(alone.repeat(2, 1), tensor(new[] { uniform, uniform })).data<long>().ToArray();
                Assert.Equal(together[0], CategoricalDraw.Of(alone, tensor(new[] { uniform })).item<long>());
            }
        }
    }

    [Fact]
    public void The_greedy_choice_is_the_likeliest()
    {
        using DisposeScope scope = NewDisposeScope();
        TokenChooser chooser = new(new SamplingOptions { Temperature = 0 }, [], [], []);
        Tensor logits = tensor(new float[] { 1, 3, 2, 5, float.NegativeInfinity, 4 }, [2, 3]);

        Assert.Equal([1, 0], chooser.Choose(logits, new LogitsContext([0, 0], null), null).Tokens.data<long>().ToArray());
    }

    private static ChosenToken[] Choose(TokenChooser chooser, Tensor logits, double[] uniforms)
    {
        using DisposeScope scope = NewDisposeScope();
        ChosenTokens chosen = chooser.Choose(
            logits, new LogitsContext([.. uniforms.Select(_ => 0)], null), tensor(uniforms));
        return ChosenToken.Read(chosen.Stacked(), uniforms.Length);
    }
}
