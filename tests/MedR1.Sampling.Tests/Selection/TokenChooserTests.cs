using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class TokenChooserTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    // One thread adds up in one order, whatever the number of rows.
    public TokenChooserTests() => set_num_threads(2);

    public void Dispose() => set_num_threads(_threads);

    // Vocabularies as large as those of published models: libtorch adds up one row of 32,768 elements or more in another order than several
    // rows if it has more than one thread. Of 32 rows, some then have another last bit.
    [Theory]
    [InlineData(40000)]
    [InlineData(151936)]
    public void What_a_row_says_does_not_depend_on_the_number_of_rows(int vocabularySize)
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

    // A prime number of probabilities can't be added up in blocks: of one row and of two their sum may differ in its last bit, and a number
    // at the end of a token then falls to the other side.
    [Fact]
    public void A_draw_at_the_border_of_two_tokens_is_the_same_alone_and_in_company()
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
                long[] together = new CategoricalSelector()
                    .Select(alone.repeat(2, 1), [uniform, uniform]).data<long>().ToArray();
                Assert.Equal(together[0], new CategoricalSelector().Select(alone, [uniform]).item<long>());
            }
        }
    }

    private static ChosenToken[] Choose(TokenChooser chooser, Tensor logits, double[] uniforms)
    {
        using DisposeScope scope = NewDisposeScope();
        ChosenTokens chosen = chooser.Choose(
            logits, new LogitsContext([.. uniforms.Select(_ => 0)], null), tensor(uniforms));
        return ChosenToken.Read(chosen.Stacked(), uniforms.Length);
    }
}
