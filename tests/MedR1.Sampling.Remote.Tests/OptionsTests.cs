namespace MedR1.Sampling.Remote.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Every_mistake_in_the_sampler_options_is_reported_at_once()
    {
        RemoteSamplerOptions options = new()
        {
            Endpoint = new Uri("ftp://host/v1/chat/completions"),
            Model = " ",
            ApiKey = "",
            MaxParallelRequests = 0,
            MaxAttempts = -1,
            RetryDelay = TimeSpan.FromSeconds(-1),
            Delay = null!,
            RequestTimeout = TimeSpan.Zero,
            MaxResponseBytes = 0,
            WeightVersion = "3",
            LogProbabilities = (ServerLogProbabilities)9,
            ControlTokenTexts = [""],
        };
        RemoteSamplerOptionsException error =
            Assert.Throws<RemoteSamplerOptionsException>(() => new RemoteSampler(options));
        Assert.Equal(
            ["Endpoint", "Endpoint", "Model", "ApiKey", "MaxParallelRequests", "MaxAttempts", "RetryDelay", "Delay",
                "RequestTimeout", "MaxResponseBytes", "WeightVersion", "LogProbabilities", "ControlTokenTexts"],
            error.Errors.Select(mistake => mistake.Split(' ')[0]));
        Assert.Contains("13 mistakes", error.Message);
        Assert.All(error.Errors, mistake => Assert.Contains(mistake, error.Message));
    }

    [Fact]
    public void Every_mistake_in_a_call_is_reported_at_once_before_any_request()
    {
        RemoteSampler sampler = new(new() { Endpoint = new Uri("http://localhost:1/v1"), Model = "m" });
        SamplingOptions sampling = new()
        {
            SamplesPerPrompt = 0,
            MaxNewTokens = 0,
            MinNewTokens = -1,
            Temperature = double.NaN,
            TopK = 0,
            TopP = 0,
            MinP = 2,
            RepetitionPenalty = 0,
            StopStrings = [""],
            SuppressedTokenIds = [-1],
            EndTokenIds = [-2],
        };
        SamplingOptionsException error =
            Assert.Throws<SamplingOptionsException>(() => sampler.SampleAsync([], sampling));
        Assert.Equal(
            ["SamplesPerPrompt", "MaxNewTokens", "MinNewTokens", "Temperature", "TopK", "TopP", "MinP", "RepetitionPenalty",
                "StopStrings", "SuppressedTokenIds", "EndTokenIds", "LogProbabilities"],
            error.Errors.Select(mistake => mistake.Split(' ')[0]));
    }

    [Fact]
    public void Unusable_log_probabilities_are_refused_with_the_fix()
    {
        RemoteSampler sampler = new(new() { Endpoint = new Uri("http://localhost:1/v1"), Model = "m" });
        SamplingOptionsException error = Assert.Throws<SamplingOptionsException>(
            () => sampler.SampleAsync([], new SamplingOptions { Temperature = 0.9 }));
        Assert.Contains("--logprobs-mode processed_logprobs", Assert.Single(error.Errors));
    }

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(0.01, true)]
    [InlineData(0.009, false)] // which vLLM raises to 0.01, so that its log-probabilities would not be those requested
    public void A_temperature_that_a_server_would_change_is_refused(double temperature, bool isGood)
    {
        RemoteSampler sampler = new(new()
        {
            Endpoint = new Uri("http://localhost:1/v1"),
            Model = "m",
            LogProbabilities = ServerLogProbabilities.Processed,
        });
        Exception? error = Record.Exception(() => sampler.SampleAsync([], new SamplingOptions { Temperature = temperature }));
        Assert.Equal(isGood, error is null);
    }

    [Fact]
    public void A_null_prompt_is_named()
    {
        RemoteSampler sampler = new(new() { Endpoint = new Uri("http://localhost:1/v1"), Model = "m" });
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => sampler.SampleAsync([VqaPrompt.Ask("?"), null!], new SamplingOptions()));
        Assert.Contains("Prompt 1 of 2", error.Message);
    }
}
