namespace MedR1.Training.Tests;

public sealed class RecentlyUsedTests
{
    [Fact]
    public void Values_without_bytes_are_evicted_too()
    {
        List<string> evicted = [];
        RecentlyUsed<int, string> cache = new(capacityInBytes: 2, evicted.Add);
        foreach (int key in Enumerable.Range(0, 4))
        {
            cache.Add(key, $"value {key}", bytes: 0);
        }

        // Each counts as one byte.
        Assert.Equal(2, cache.Count);
        cache.Clear();
        Assert.Equal((0, 0), (cache.Count, cache.ByteSize));
        Assert.Equal(["value 0", "value 1", "value 2", "value 3"], evicted);
    }
}
