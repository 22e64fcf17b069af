namespace MedR1.Datasets.Tests;

/// <summary>Data sets and images created with a seed must not change: the random numbers are fixed here.</summary>
public sealed class DeterministicRandomTests
{
    [Fact]
    public void The_numbers_equal_those_of_the_published_generator()
    {
        DeterministicRandom random = new(1234567);
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL],
            Enumerable.Range(0, 3).Select(_ => random.NextBits()));
    }

    [Fact]
    public void A_choice_and_a_shuffle_do_not_change()
    {
        Assert.Equal(16557332040044707943UL, DeterministicRandom.For(9, 3).NextBits());

        int[] items = [.. Enumerable.Range(0, 10)];
        new DeterministicRandom(5).Shuffle(items.AsSpan());
        Assert.Equal([3, 6, 0, 4, 5, 1, 2, 9, 7, 8], items);
    }
}
