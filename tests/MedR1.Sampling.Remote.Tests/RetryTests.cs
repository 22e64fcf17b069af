namespace MedR1.Sampling.Remote.Tests;

public sealed class RetryTests
{
    [Fact]
    public async Task A_server_error_is_retried_after_growing_waits()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.Attempt <= 2 ? Replies.Text(context, 500, "busy") : Replies.Good(context, call));
        List<TimeSpan> waits = [];
        VqaPrompt prompt = Drawing.Prompts(1)[0] with { Seed = 4 };

        Assert.Single(await server.Options(waits).DrawAsync([prompt]));

        Assert.Equal(3, server.Calls.Count);
        Assert.Single(server.Calls.Select(call => (long)call.Body["seed"]!).Distinct());
        TimeSpan first = TimeSpan.FromSeconds(0.5);
        Assert.Equal([RetrySchedule.Wait(first, 4, 1, null), RetrySchedule.Wait(first, 4, 2, null)], waits);
        Assert.InRange(waits[0].TotalSeconds, 0.25, 0.5);
        Assert.InRange(waits[1].TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void Waits_differ_by_prompt_and_end_at_a_minute()
    {
        TimeSpan first = TimeSpan.FromSeconds(0.5);
        Assert.Distinct(Enumerable.Range(0, 100).Select(seed => RetrySchedule.Wait(first, seed, 1, null)));
        Assert.InRange(RetrySchedule.Wait(first, 1, 2000, null).TotalSeconds, 30, 60);
    }

    [Fact]
    public async Task The_servers_retry_after_takes_precedence_over_the_schedule()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return call.Attempt == 1 ? Replies.Text(context, 429, "later") : Replies.Good(context, call);
        });
        List<TimeSpan> waits = [];
        await server.Options(waits).DrawAsync(Drawing.Prompts(1));
        Assert.Equal([TimeSpan.FromSeconds(7)], waits);
    }

    [Theory]
    [InlineData("2.5", 2.5)]
    [InlineData("Thu, 01 Jan 2026 00:00:30 GMT", 30.0)]
    [InlineData("0", 0.0)]
    [InlineData("Wed, 31 Dec 2025 00:00:00 GMT", null)]
    [InlineData("99999999", 600.0)]
    [InlineData("soon", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("-3", null)]
    [InlineData(null, null)]
    public void Retry_after_is_seconds_or_a_date(string? header, double? seconds) => Assert.Equal(
        seconds,
        RetrySchedule.ReadRetryAfter(header, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))?.TotalSeconds);

    [Fact]
    public async Task A_slow_answer_times_out_and_is_retried()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.Attempt == 1 ? Replies.Never(context) : Replies.Good(context, call));
        await (server.Options() with { RequestTimeout = TimeSpan.FromSeconds(2) }).DrawAsync(Drawing.Prompts(1));
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_a_failure_and_not_a_cancellation()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Never(context));
        RemoteSamplerOptions options = server.Options() with
        {
            RequestTimeout = TimeSpan.FromSeconds(0.2),
            MaxAttempts = 2,
        };
        RemoteSamplingException error = await options.FailAsync(Drawing.Prompts(1));
        Assert.Contains($"no answer came from http://127.0.0.1:{server.Endpoint.Port} within 00:00:00.2", error.Message);
        Assert.Equal((2, null, "q0"), (error.Attempts, error.Status, error.ExampleId));
    }

    [Fact]
    public async Task A_broken_connection_is_retried()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.Attempt == 1 ? Replies.Cut(context) : Replies.Good(context, call));
        Assert.Single(await server.Options().DrawAsync(Drawing.Prompts(1)));
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task A_missing_server_is_an_error_after_all_attempts()
    {
        Uri endpoint;
        await using (ChatServer server = await ChatServer.StartAsync())
        {
            endpoint = server.Endpoint;
        }

        RemoteSamplerOptions options = new() { Endpoint = endpoint, Model = "m", Delay = (_, _) => Task.CompletedTask };
        RemoteSamplingException error = await options.FailAsync(Drawing.Prompts(1));
        Assert.Contains($"the connection to http://127.0.0.1:{endpoint.Port} failed", error.Message);
        Assert.Equal(4, error.Attempts);
    }

    [Fact]
    public async Task Invalid_json_is_retried_and_finally_reported()
    {
        await using ChatServer once = await ChatServer.StartAsync((context, call) =>
            call.Attempt == 1 ? Replies.Text(context, 200, "<html>") : Replies.Good(context, call));
        Assert.Single(await once.Options().DrawAsync(Drawing.Prompts(1)));

        string page = "<html>" + new string('x', 500);
        await using ChatServer always = await ChatServer.StartAsync((context, _) => Replies.Text(context, 200, page));
        RemoteSamplingException error = await always.Options().FailAsync(Drawing.Prompts(1));
        Assert.Contains("is not JSON", error.Message);
        Assert.Equal((4, 200, page[..200]), (error.Attempts, error.Status, error.BodyStart));
        Assert.DoesNotContain(page[..201], error.Message);
    }

    [Theory]
    [InlineData(400, 1)]
    [InlineData(401, 1)]
    [InlineData(404, 1)]
    [InlineData(408, 3)]
    [InlineData(429, 3)]
    [InlineData(503, 3)]
    public async Task Only_transient_statuses_are_retried(int status, int attempts)
    {
        await using ChatServer server = await ChatServer.StartAsync(
            (context, _) => Replies.Text(context, status, "no such model"));
        RemoteSamplingException error = await (server.Options() with { MaxAttempts = 3 }).FailAsync(Drawing.Prompts(1));
        Assert.Equal((attempts, status, "no such model"), (error.Attempts, error.Status, error.BodyStart));
        Assert.Equal(attempts, server.Calls.Count);
        Assert.Contains($"{status}: no such model", error.Message);
    }

    [Theory]
    [InlineData("""{"code": 400}""", 1)]
    [InlineData("""{"code": 429}""", 3)]
    [InlineData("""{"code": 502}""", 3)]
    [InlineData("""{"code": "429"}""", 3)]
    [InlineData("""{"code": "400", "type": "server_error"}""", 1)]
    [InlineData("""{"code": null, "status": "503"}""", 3)]
    [InlineData("""{"code": "rate_limit_exceeded", "type": "requests"}""", 3)]
    [InlineData("""{"status": "RESOURCE_EXHAUSTED"}""", 3)]
    [InlineData("""{"code": "TooManyRequests"}""", 3)]
    [InlineData("""{"type": "overloaded_error"}""", 3)]
    [InlineData("""{"code": 400, "status": "INTERNAL"}""", 1)]
    [InlineData("""{"code": "insufficient_quota", "type": "insufficient_quota"}""", 1)]
    [InlineData("""{"code": "model_not_found", "type": "invalid_request_error"}""", 1)]
    [InlineData("""{"code": "\ud800"}""", 1)]
    [InlineData("{}", 1)]
    public async Task An_error_inside_an_answer_of_status_200_is_treated_like_its_code(string inner, int attempts)
    {
        string body = $$"""{"error": {{inner}} }""";
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Text(context, 200, body));
        RemoteSamplingException error = await (server.Options() with { MaxAttempts = 3 }).FailAsync(Drawing.Prompts(1));
        Assert.Equal((attempts, 200, body), (error.Attempts, error.Status, error.BodyStart));
        Assert.Equal(attempts, server.Calls.Count);
    }

    [Fact]
    public async Task An_endless_answer_is_read_up_to_the_limit()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Endless(context));
        RemoteSamplingException error = await (server.Options() with { MaxResponseBytes = 3_000_000 }).FailAsync(Drawing.Prompts(1));
        Assert.Contains("more than 3,000,000 bytes, the MaxResponseBytes", error.Message);
        Assert.Equal((1, 200), (error.Attempts, error.Status));
    }

    [Fact]
    public async Task An_answer_may_be_as_large_as_the_limit()
    {
        string body = Replies.Body(Replies.Choice(0), Replies.Choice(1)).ToJsonString();
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Text(context, 200, body));
        RemoteSamplerOptions options = server.Options() with { MaxResponseBytes = body.Length };
        Assert.Single(await options.DrawAsync(Drawing.Prompts(1)));
        await (options with { MaxResponseBytes = body.Length - 1 }).FailAsync(Drawing.Prompts(1));
    }

    [Fact]
    public async Task A_redirect_is_reported_and_not_followed()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) =>
        {
            context.Response.Headers.Location = "https://other.example/v1/chat/completions";
            return Replies.Text(context, 307, "");
        });
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1));
        Assert.Equal((1, 307), (error.Attempts, error.Status));
        Assert.Contains("redirects to 'https://other.example/v1/chat/completions'; set Endpoint", error.Message);
    }
}
