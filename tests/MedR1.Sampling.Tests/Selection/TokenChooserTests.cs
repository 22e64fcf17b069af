using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class TokenChooserTests
{
    // Vocabularies as large as those of published models: libtorch adds up one row of 32,768 elements or more in another order than several
    // rows if it has more than one thread. Of 32 rows, some then differ in their last bit.
    [Theory]
    [InlineData(40000)]
    [InlineData(151936)]
    public void A_rows_log_probabilities_do_not_depend_on_the_number_of_rows(int vocabularySize)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        TokenChooser chooser = new(new SamplingOptions { Temperature = 0.9, TopK = 50 }, [], [7], []);
        for (int row = 0; row < 32; row++)
        {
            Tensor alone = randn([1, vocabularySize], generator: generator).Times(3);
            double uniform = CounterRandom.Uniform(5, row, 0);
            ChosenToken expected = Choose(chooser, alone, [uniform])[0];
            Assert.Equal(Enumerable.Repeat(expected, 3), Choose(chooser, alone.repeat(3, 1), [uniform, uniform, uniform]));
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
