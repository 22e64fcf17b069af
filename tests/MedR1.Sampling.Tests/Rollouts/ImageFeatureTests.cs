using MedR1.Testing;

using TorchSharp;

namespace MedR1.Sampling.Tests;

public sealed class ImageFeatureTests
{
    // Two pictures of one patch each give two rows, so that three rows can't be divided: each picture would have to get one and a half.
    [Fact]
    public async Task Features_that_can_not_be_divided_among_the_pictures_are_refused()
    {
        using TinyPolicy tiny = Samples.Policy();
        using WatchedPolicy policy = new(tiny) { SpoilFeatures = rows => torch.cat([rows, rows[..1]], 0) };

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new LocalSampler(policy).DrawAsync([Samples.Mixed[0]], new SamplingOptions { MaxNewTokens = 2 }));

        Assert.Contains("returned 3 rows for images of 1, 1 patches", refusal.Message);
    }
}
