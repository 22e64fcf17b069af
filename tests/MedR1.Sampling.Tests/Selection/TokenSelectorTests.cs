using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class TokenSelectorTests
{
    private static readonly float Out = float.NegativeInfinity;

    [Fact]
    public void The_draw_inverts_the_distribution_function()
    {
        using DisposeScope scope = NewDisposeScope();

        // Probabilities 0, 0.25, 0, 0.25, 0.5, 0: the steps lie at 0.25 and 0.5.
        float quarter = MathF.Log(0.25f);
        Tensor logits = tensor(new[] { Out, quarter, Out, quarter, MathF.Log(0.5f), Out }).unsqueeze(0);
        (double Uniform, long Token)[] cases = [(1e-12, 1), (0.2499, 1), (0.2501, 3), (0.4999, 3), (0.5001, 4), (1 - 1e-15, 4)];
        Assert.All(cases, expected =>
            Assert.Equal(expected.Token, new CategoricalSelector().Select(logits, [expected.Uniform]).item<long>()));
    }

    [Fact]
    public void Frequencies_are_the_probabilities()
    {
        using DisposeScope scope = NewDisposeScope();
        const int Draws = 20_000;
        double[] probabilities = [0.5, 0.3, 0.15, 0.05];
        Tensor logits = tensor(probabilities.Select(p => (float)Math.Log(p)).ToArray()).unsqueeze(0).expand(Draws, -1);
        double[] uniforms = [.. Enumerable.Range(0, Draws).Select(sample => CounterRandom.Uniform(1, sample, 0))];
        long[] drawn = new CategoricalSelector().Select(logits, uniforms).data<long>().ToArray();

        for (int token = 0; token < probabilities.Length; token++)
        {
            double share = drawn.Count(value => value == token) / (double)Draws;

            // Five standard deviations of a share.
            double bound = 5 * Math.Sqrt(probabilities[token] * (1 - probabilities[token]) / Draws);
            Assert.InRange(share, probabilities[token] - bound, probabilities[token] + bound);
        }
    }

    [Fact]
    public void The_greedy_choice_is_the_likeliest()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 1, 3, 2, 5, Out, 4 }, [2, 3]);
        Assert.Equal([1, 0], new GreedySelector().Select(logits, []).data<long>().ToArray());
    }

    [Fact]
    public void The_draw_refuses_another_number_of_rows()
    {
        using DisposeScope scope = NewDisposeScope();
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new CategoricalSelector().Select(zeros(2, 3), [0.5]));
        Assert.Contains("2 rows, but 1 numbers", exception.Message, StringComparison.Ordinal);
    }
}
