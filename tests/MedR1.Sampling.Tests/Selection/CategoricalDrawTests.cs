using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class CategoricalDrawTests
{
    private static readonly float Out = float.NegativeInfinity;

    [Fact]
    public void The_draw_inverts_the_distribution_function()
    {
        using DisposeScope scope = NewDisposeScope();

        // Probabilities 0, 0.25, 0, 0.25, 0.5, 0: the distribution function steps at 0.25 and 0.5.
        float quarter = MathF.Log(0.25f);
        Tensor logits = tensor(new[] { Out, quarter, Out, quarter, MathF.Log(0.5f), Out }).unsqueeze(0);
        (double Uniform, long Token)[] cases =
            [(1e-12, 1), (0.2499, 1), (0.2501, 3), (0.4999, 3), (0.5001, 4), (1 - 1e-15, 4)];
        Assert.All(cases, expected =>
            Assert.Equal(expected.Token, CategoricalDraw.Of(logits, tensor(new[] { expected.Uniform })).item<long>()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(260)]
    [InlineData(2072)]
    [InlineData(4999)]
    public void Summing_in_blocks_draws_the_same_token_as_one_long_sum(int vocabularySize)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        const int Rows = 200;
        Tensor logits = randn([1, vocabularySize], generator: generator) * 3;

        // Half of the vocabulary is excluded, so that blocks begin and end with zeros.
        logits = logits.masked_fill(arange(vocabularySize).remainder(4).ge(2), Out);
        double[] uniforms =
            [.. Enumerable.Range(0, Rows).Select(sample => CounterRandom.Uniform(5, sample, 0)), 1e-15, 1 - 1e-15];
        long[] drawn =
            CategoricalDraw.Of(logits.expand(uniforms.Length, -1), tensor(uniforms)).data<long>().ToArray();

        float[] probabilities = logits.softmax(1).data<float>().ToArray();
        double[] sums = new double[vocabularySize];
        double sum = 0;
        for (int i = 0; i < vocabularySize; i++)
        {
            sums[i] = sum += probabilities[i];
        }

        for (int row = 0; row < uniforms.Length; row++)
        {
            double target = uniforms[row] * sum;
            Assert.True(probabilities[drawn[row]] > 0, $"token {drawn[row]} of probability 0 was drawn");

            // Block sums are float32, hence 1e-6.
            Assert.InRange(target, (drawn[row] == 0 ? 0 : sums[drawn[row] - 1]) - 1e-6, sums[drawn[row]] + 1e-6);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2072, 56)]
    [InlineData(151_936, 1187)]
    [InlineData(152_064, 396)]
    [InlineData(4999, 4999)]
    public void Blocks_divide_the_vocabulary(long vocabularySize, long expected)
    {
        Assert.Equal(expected, CategoricalDraw.BlockSize(vocabularySize));
    }

    [Fact]
    public void Frequencies_match_the_probabilities()
    {
        using DisposeScope scope = NewDisposeScope();
        const int Draws = 20_000;
        double[] probabilities = [0.5, 0.3, 0.15, 0.05];
        Tensor logits = tensor(probabilities.Select(p => (float)Math.Log(p)).ToArray()).unsqueeze(0).expand(Draws, -1);
        double[] uniforms = [.. Enumerable.Range(0, Draws).Select(sample => CounterRandom.Uniform(1, sample, 0))];
        long[] drawn = CategoricalDraw.Of(logits, tensor(uniforms)).data<long>().ToArray();

        for (int token = 0; token < probabilities.Length; token++)
        {
            double share = drawn.Count(value => value == token) / (double)Draws;

            // Five standard deviations of a frequency.
            double bound = 5 * Math.Sqrt(probabilities[token] * (1 - probabilities[token]) / Draws);
            Assert.InRange(share, probabilities[token] - bound, probabilities[token] + bound);
        }
    }
}
