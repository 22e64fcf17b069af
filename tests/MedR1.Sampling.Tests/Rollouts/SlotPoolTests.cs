namespace MedR1.Sampling.Tests;

public sealed class SlotPoolTests
{
    // Memory may run out when the histories follow the cache, which is by far the larger one; here, their size is impossible.
    [Fact]
    public void A_cache_is_freed_if_the_rest_of_the_pool_fails()
    {
        using WatchedPolicy policy = new(Samples.Policy()) { SpoiltVocabularySize = -1 };
        TokenChooser chooser = new(new SamplingOptions { RepetitionPenalty = 1.2 }, [], [], []);

        Assert.ThrowsAny<Exception>(() => new SlotPool(policy, new CacheShape(1, 2, 8, 8), chooser, recordsChoices: false));

        // Reading the size of a tensor that is disposed fails.
        Assert.ThrowsAny<InvalidOperationException>(() => policy.NewestCache!.ByteSize);
    }
}
