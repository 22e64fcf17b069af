using CsCheck;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class RepeatedOrderTests
{
    [Fact]
    public void Batches_are_repeated_and_the_copies_of_a_prompt_are_consecutive()
    {
        RepeatedOrder order = new(new ListedOrder([2, 0, 4, 1, 3], [4, 3, 2, 1, 0]), 5, 2, 2, 2);

        // Batches (2, 0) and (4, 1), each twice, each prompt twice in succession; 3 is left over. Then (4, 3) and (2, 1).
        Assert.Equal([2, 2, 0, 0, 2, 2, 0, 0, 4, 4, 1, 1, 4, 4, 1, 1], order.Epoch(0));
        Assert.Equal([4, 4, 3, 3, 4, 4, 3, 3, 2, 2, 1, 1, 2, 2, 1, 1], order.Epoch(1));
        Assert.Equal(16, order.EpochLength);
    }

    [Fact]
    public void A_batch_never_spans_two_epochs() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 10], Gen.Long).Sample(
        (count, batchSize, seed) =>
        {
            if (batchSize > count)
            {
                Assert.Throws<ArgumentOutOfRangeException>(
                    () => new DropLastOrder(new ShuffledOrder(seed), batchSize).IndexAt(0, count));
                return;
            }

            ShuffledOrder inner = new(seed);
            DropLastOrder order = new(inner, batchSize);
            int used = count / batchSize * batchSize;
            for (int epoch = 0; epoch < 3; epoch++)
            {
                int[] got = [.. Enumerable.Range(0, used).Select(place => order.IndexAt(epoch * used + place, count))];
                Assert.Equal(Enumerable.Range(0, used).Select(place => inner.IndexAt(epoch * count + place, count)), got);
                Assert.Equal(used, got.Distinct().Count());
            }
        });

    [Fact]
    public void A_given_order_must_be_a_permutation_of_the_examples()
    {
        Assert.Contains("epoch 1", Assert.Throws<ArgumentException>(() => new ListedOrder([0, 1], [1, 1])).Message);
        Assert.Throws<ArgumentException>(() => new ListedOrder());
        Assert.Contains(
            "for 2 examples, but there are 3",
            Assert.Throws<ArgumentException>(() => new ListedOrder([1, 0]).IndexAt(0, 3)).Message);
    }

    [Fact]
    public async Task The_trainer_takes_prompts_of_complete_batches_in_that_order()
    {
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];

        await Runs.Small(policy, options => options.MaxSteps = 3)
            .UseOrder(new DropLastOrder(new ListedOrder([2, 0, 4, 1, 3], [4, 3, 2, 1, 0]), 2))
            .AddObserver(rollouts).RunAsync();

        Assert.Equal(
            ["example 2, example 0", "example 4, example 1", "example 4, example 3"],
            rollouts.Select(rollout => string.Join(", ", RolloutList.Examples(rollout))));
    }
}
