namespace MedR1.Sampling.Remote.Tests;

public sealed class WeightVersionTests
{
    [Fact]
    public async Task The_version_is_read_before_and_after_each_prompt()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        List<int> callsAtRead = [];
        RemoteSamplerOptions options = server.Options() with
        {
            MaxParallelRequests = 1,
            WeightVersion = "12",
            ReadWeightVersion = _ =>
            {
                callsAtRead.Add(server.Calls.Count);
                return ValueTask.FromResult("12");
            },
        };
        await options.DrawAsync(Drawing.Prompts(2));
        Assert.Equal([0, 1, 1, 2], callsAtRead);
    }

    [Fact]
    public async Task Weights_of_another_version_are_refused_before_any_request()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        RemoteSamplerOptions options = server.Options() with
        {
            WeightVersion = "12",
            ReadWeightVersion = _ => ValueTask.FromResult("11"),
        };
        WeightVersionException error =
            await Assert.ThrowsAsync<WeightVersionException>(() => options.DrawAsync(Drawing.Prompts(1)));
        Assert.Equal(("12", "11", 0), (error.Expected, error.Actual, error.PromptIndex));
        Assert.Contains("'12'", error.Message);
        Assert.Contains("'11'", error.Message);
        Assert.Empty(server.Calls);
    }

    [Theory]
    [InlineData(1)] // while the first prompt is being drawn
    [InlineData(2)] // between the prompts, which no single prompt can detect
    public async Task Weights_that_change_during_a_call_are_refused(int readsBefore)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        int reads = 0;
        RemoteSamplerOptions options = server.Options() with
        {
            MaxParallelRequests = 1,
            ReadWeightVersion = _ => ValueTask.FromResult(reads++ < readsBefore ? "a" : "b"),
        };
        WeightVersionException error =
            await Assert.ThrowsAsync<WeightVersionException>(() => options.DrawAsync(Drawing.Prompts(2)));
        Assert.Equal(("a", "b", readsBefore - 1), (error.Expected, error.Actual, error.PromptIndex));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task A_timeout_of_the_reader_is_not_reported_as_cancellation()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        RemoteSamplerOptions options = server.Options() with
        {
            ReadWeightVersion = _ => throw new TaskCanceledException("too slow"),
        };
        TimeoutException error =
            await Assert.ThrowsAsync<TimeoutException>(() => options.DrawAsync(Drawing.Prompts(1)));
        Assert.Contains("prompt 0", error.Message);
    }

    [Fact]
    public async Task A_version_that_cannot_be_read_stops_the_call()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        RemoteSamplerOptions options = server.Options() with
        {
            ReadWeightVersion = _ => throw new HttpRequestException("no version"),
        };
        HttpRequestException error =
            await Assert.ThrowsAsync<HttpRequestException>(() => options.DrawAsync(Drawing.Prompts(3)));
        Assert.Equal("no version", error.Message);
    }
}
