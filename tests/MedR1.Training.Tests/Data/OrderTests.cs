using CsCheck;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class OrderTests
{
    [Fact]
    public void Every_epoch_is_a_permutation_that_differs_from_the_previous()
    {
        Gen.Select(Gen.Int[1, 200], Gen.Long).Sample((count, seed) =>
        {
            ShuffledOrder order = new(seed);
            int[][] epochs = [.. Enumerable.Range(0, 3).Select(epoch =>
                Enumerable.Range(0, count).Select(place => order.IndexAt((long)epoch * count + place, count))
                    .ToArray())];
            Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, count), epoch.Order()));
            if (count > 20)
            {
                Assert.NotEqual(epochs[0], epochs[1]);
            }
        });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public async Task An_index_outside_the_data_is_named_with_its_order_and_position(int index)
    {
        using TinyPolicy policy = TestData.Policy();
        string expected = $"The order Outside gave index {index} for position 2, but there are 3 examples: it must be from 0 to 2.";
        using SftTrainer supervised = new SftTrainerBuilder(policy).UseExamples(TestData.Examples(3)).UseOrder(new Outside(index))
            .Configure(options => (options.ExamplesPerStep, options.MaxSteps) = (2, 2)).Build();
        using GrpoTrainer sampling = Runs.Small(policy, options => options.PromptsPerStep = 3, prompts: 3)
            .UseOrder(new Outside(index)).Build();

        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => supervised.RunAsync())).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => sampling.RunAsync())).Message);
    }

    [Fact]
    public void The_position_alone_determines_the_example()
    {
        ShuffledOrder first = new(7);
        int[] forward = [.. Enumerable.Range(0, 50).Select(position => first.IndexAt(position, 13))];
        ShuffledOrder second = new(7);

        Assert.Equal(forward.Reverse(), Enumerable.Range(0, 50).Reverse()
            .Select(position => second.IndexAt(position, 13)));
    }

    [Fact]
    public void Seeds_and_orders_are_stable_across_versions()
    {
        Assert.Equal(5573082407528501022, SeedMixer.Mix(7, 3));
        Assert.Equal(3247303764326160960, SeedMixer.Mix(-1, 0, 2));
        Assert.Equal([8, 3, 6, 5, 4, 0, 9, 2, 1, 7], SeedMixer.Permutation(10, 42));
    }

    [Fact]
    public void All_orders_of_three_come_up_equally_often()
    {
        // 6,000 permutations: each of the 6 has expectation 1,000 and standard deviation √(6000 · 1/6 · 5/6) = 29; the
        // tolerance is five of them.
        int[] counts = [.. Enumerable.Range(0, 6000).Select(seed => SeedMixer.Permutation(3, SeedMixer.Mix(seed, 0)))
            .GroupBy(order => order[0] * 3 + order[1]).Select(group => group.Count())];

        Assert.Equal(6, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 1000 - 145, 1000 + 145));
    }

    [Fact]
    public void The_cache_evicts_the_least_recently_used_and_stays_within_its_bytes()
    {
        CountingProcessor processor = new();
        // A prompt without images takes 256 bytes + 4 per token + 2 per character; three of them don't fit into 800.
        EncodedPromptCache cache = new(processor, 800);
        VqaPrompt prompt = VqaPrompt.Ask("abc");
        foreach (int key in new[] { 1, 2, 1, 3, 1, 2 })
        {
            cache.Encode(key, prompt, default);
        }

        // 1 and 2 are new, 1 is cached, 3 evicts 2, 1 is cached, 2 is new again.
        Assert.Equal(4, processor.Count);
        Assert.Equal(2, cache.Count);
        Assert.InRange(cache.ByteSize, 1, 800);
    }

    private sealed class CountingProcessor : IVisionLanguageProcessor
    {
        private readonly TinyProcessor _processor = new();

        public int Count { get; private set; }

        public ITextTokenizer Tokenizer => _processor.Tokenizer;

        public EncodedPrompt Encode(VqaPrompt prompt, CancellationToken cancellationToken = default)
        {
            Count++;
            return _processor.Encode(prompt, cancellationToken);
        }

        public IReadOnlyList<int> EncodeCompletion(string text) => _processor.EncodeCompletion(text);
    }

    private sealed class Outside(int index) : IExampleOrder
    {
        public int IndexAt(long position, int count) => position == 2 ? index : (int)position;
    }
}
