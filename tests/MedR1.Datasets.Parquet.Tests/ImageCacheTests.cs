using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet.Tests;

/// <summary>Counts how often row groups are read: 20 groups of 10 images of 100 bytes.</summary>
public sealed class ImageCacheTests
{
    private const int Groups = 20;
    private const int ImagesOfGroup = 10;
    private const long GroupBytes = ImagesOfGroup * 100;
    private static readonly DataField s_field = new("bytes", typeof(byte[]));
    private static readonly int[] s_inOrder = [.. Enumerable.Range(0, Groups * ImagesOfGroup)];

    [Fact]
    public void In_file_order_each_group_is_read_once_for_any_cache_size()
    {
        Assert.Equal(Groups, Reads(s_inOrder, maxBytes: 0));
        Assert.Equal(Groups, Reads(s_inOrder, maxBytes: 5 * GroupBytes));
    }

    [Fact]
    public void In_random_order_a_fully_cached_set_is_read_once()
    {
        int[] twice = [.. Shuffled(1), .. Shuffled(2)];
        Assert.Equal(Groups, Reads(twice, maxBytes: Groups * GroupBytes));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(15)]
    public void In_random_order_the_cache_saves_its_share_of_the_reads(int kept)
    {
        // The group of an image is not cached with a probability of 1 - kept / Groups, a little more because each image comes
        // once. Each of the 10 orders of 200 images begins with an empty cache, which costs at most 20 more of 200 reads. The
        // standard deviation of the share is below sqrt(0.25 / 2000) = 0.011.
        double reads = Enumerable.Range(0, 10).Sum(seed => Reads(Shuffled(seed), kept * GroupBytes));
        double share = reads / (10 * s_inOrder.Length);
        double missing = 1 - (double)kept / Groups;
        Assert.InRange(share, missing - 0.022, missing + 0.1 + 0.022);
    }

    [Fact]
    public void Least_recently_used_groups_are_evicted_first_and_the_last_read_one_stays()
    {
        List<int> reads = [];
        ImageCache cache = new(2 * GroupBytes, group => Read(group, reads));
        foreach (int group in (ReadOnlySpan<int>)[0, 1, 0, 2, 0, 1])
        {
            Assert.Equal(ImagesOfGroup, cache.Get(new ImageGroup("a.parquet", group, s_field)).Length);
        }

        Assert.Equal([0, 1, 2, 1], reads);
        ImageCache none = new(0, group => Read(group, reads));
        none.Get(new ImageGroup("a.parquet", 7, s_field));
        none.Get(new ImageGroup("a.parquet", 7, s_field));
        Assert.Equal([0, 1, 2, 1, 7], reads);
    }

    [Fact]
    public void A_repeated_image_takes_its_bytes_once()
    {
        List<int> reads = [];
        byte[] image = new byte[100];
        ImageCache cache = new(maxBytes: 200, group =>
        {
            reads.Add(group.Group);
            return [.. Enumerable.Repeat(image, ImagesOfGroup)];
        });
        foreach (int group in (ReadOnlySpan<int>)[0, 1, 0, 1])
        {
            cache.Get(new ImageGroup("a.parquet", group, s_field));
        }

        Assert.Equal([0, 1], reads);
    }

    private static int Reads(int[] order, long maxBytes)
    {
        List<int> reads = [];
        ImageCache cache = new(maxBytes, group => Read(group, reads));
        foreach (int image in order)
        {
            cache.Get(new ImageGroup("a.parquet", image / ImagesOfGroup, s_field));
        }

        return reads.Count;
    }

    private static byte[][] Read(ImageGroup group, List<int> reads)
    {
        reads.Add(group.Group);
        return [.. Enumerable.Range(0, ImagesOfGroup).Select(_ => new byte[GroupBytes / ImagesOfGroup])];
    }

    private static int[] Shuffled(int seed)
    {
        int[] order = [.. s_inOrder];
        new Random(seed).Shuffle(order);
        return order;
    }
}
