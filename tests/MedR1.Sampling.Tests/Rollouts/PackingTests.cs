namespace MedR1.Sampling.Tests;

/// <summary>When a call makes the policy pack its weights into a copy that is faster to read.</summary>
public sealed class PackingTests
{
    // A copy pays off from 64 steps on. A step draws a token for each of at most MaxRows completions: three completions of 32
    // tokens, two at once, take two rounds of 32 steps.
    [Theory]
    [InlineData(2, 64, 8, 2)]
    [InlineData(2, 63, 8, null)]
    [InlineData(1, 64, 8, null)] // A copy helps only with several rows.
    [InlineData(4, 32, 2, 2)]
    [InlineData(4, 31, 2, null)]
    [InlineData(3, 32, 2, 2)]
    [InlineData(2, 32, 2, null)]
    public async Task Weights_are_packed_for_several_completions_of_many_steps(int samples, int tokens, int maxRows, int? expected)
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await new LocalSampler(policy, new LocalSamplerOptions { MaxRows = maxRows }).DrawAsync(
            Samples.Mixed.Take(1).ToArray(), new SamplingOptions { SamplesPerPrompt = samples, MaxNewTokens = tokens });
        Assert.Equal(expected is int rows ? [rows] : [], policy.RowsToPrepareFor);
    }

    [Theory]
    [InlineData(true, 1, 1)]
    [InlineData(false, 8, 64)]
    public async Task The_option_overrides_the_rule(bool packs, int samples, int tokens)
    {
        using WatchedPolicy policy = new(Samples.Policy());
        await new LocalSampler(policy, new LocalSamplerOptions { PackWeights = packs }).DrawAsync(
            Samples.Mixed.Take(1).ToArray(), new SamplingOptions { SamplesPerPrompt = samples, MaxNewTokens = tokens });
        Assert.Equal(packs ? [samples] : [], policy.RowsToPrepareFor);
    }
}
