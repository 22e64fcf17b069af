using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class SamplingOptionsTests
{
    [Fact]
    public void Every_mistake_is_reported_at_once_with_its_value()
    {
        SamplingOptions wrong = new()
        {
            SamplesPerPrompt = 0,
            MaxNewTokens = -1,
            MinNewTokens = 5,
            Temperature = -0.5,
            TopK = 0,
            TopP = 1.5,
            MinP = -0.1,
            RepetitionPenalty = 0,
            StopStrings = [""],
            SuppressedTokenIds = [300],
            EndTokenIds = [-1],
        };
        using TinyPolicy policy = Samples.Policy();
        SamplingOptionsException exception = Assert.Throws<SamplingOptionsException>(
            () => new LocalSampler(policy).SampleAsync([], wrong));

        Assert.Equal(11, exception.Errors.Count);
        string[] expected =
        [
            "SamplesPerPrompt is 0", "MaxNewTokens is -1", "MinNewTokens is 5, above MaxNewTokens -1",
            "Temperature is -0.5",
            "TopK is 0", "TopP is 1.5", "MinP is -0.1", "RepetitionPenalty is 0", "StopStrings contains an empty string",
            "SuppressedTokenIds contains 300; the model's token ids are 0 to 259", "EndTokenIds contains -1",
        ];
        Assert.All(expected, text => Assert.Contains(text, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Limits_of_the_local_sampler_are_checked()
    {
        using TinyPolicy policy = Samples.Policy();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new LocalSampler(policy, new LocalSamplerOptions { MaxRows = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new LocalSampler(policy, new LocalSamplerOptions { MaxCacheBytes = 0 }));
    }
}
