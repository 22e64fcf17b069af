using System.Collections.Concurrent;

namespace MedR1.Sampling.Remote.Tests;

public sealed class ConcurrencyTests
{
    // Reached only if something hangs; generous, because a machine may be busy.
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Groups_have_the_order_of_the_prompts_whatever_the_order_of_the_answers()
    {
        TaskCompletionSource others = new();
        ConcurrentQueue<string> answered = new();
        await using ChatServer server = await ChatServer.StartAsync(async (context, call) =>
        {
            if (call.Question == "question 0")
            {
                await others.Task;
            }

            answered.Enqueue(call.Question);
            if (answered.Count == 5)
            {
                others.TrySetResult();
            }

            await Replies.Good(context, call, call.Question);
        });

        List<CompletionGroup> groups = await server.Options().DrawAsync(Drawing.Prompts(6));

        Assert.Equal("question 0", answered.Last());
        Assert.Equal(Enumerable.Range(0, 6), groups.Select(group => group.PromptIndex));
        Assert.All(groups, group => Assert.Equal($"question {group.PromptIndex}", group.Completions[0].Text));
        Assert.All(groups, group => Assert.Equal($"q{group.PromptIndex}", group.Prompt.Example!.Id));
    }

    [Fact]
    public async Task A_group_is_yielded_while_later_requests_still_run()
    {
        TaskCompletionSource release = new();
        await using ChatServer server = await ChatServer.StartAsync(async (context, call) =>
        {
            if (call.Question == "question 1")
            {
                await release.Task;
            }

            await Replies.Good(context, call);
        });

        List<int> given = [];
        RemoteSampler sampler = new(server.Options());
        await foreach (CompletionGroup group in sampler.SampleAsync(Drawing.Prompts(2), Drawing.Two))
        {
            given.Add(group.PromptIndex);
            // If the first group were held back until all are complete, this would never be reached.
            release.TrySetResult();
        }

        Assert.Equal([0, 1], given);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    public async Task As_many_requests_as_allowed_are_in_flight_and_never_more(int allowed)
    {
        TaskCompletionSource full = new();
        ChatServer? counted = null;
        await using ChatServer server = counted = await ChatServer.StartAsync(async (context, call) =>
        {
            if (counted!.MostInFlight >= allowed)
            {
                full.TrySetResult();
            }

            await full.Task.WaitAsync(s_hang);
            await Task.Delay(10);
            await (call.Attempt == 1 ? Replies.Text(context, 503, "busy") : Replies.Good(context, call));
        });

        await (server.Options() with { MaxParallelRequests = allowed }).DrawAsync(Drawing.Prompts(40));

        Assert.Equal(allowed, server.MostInFlight);
        Assert.Equal(80, server.Calls.Count);
    }

    [Fact]
    public async Task Images_are_read_when_the_request_of_their_prompt_starts()
    {
        TaskCompletionSource release = new();
        await using ChatServer server = await ChatServer.StartAsync(async (context, call) =>
        {
            await release.Task;
            await Replies.Good(context, call);
        });
        CountingImage image = new();
        VqaPrompt[] prompts = [.. Enumerable.Range(0, 9).Select(i => VqaPrompt.Ask($"question {i}", image))];

        Task<List<CompletionGroup>> drawing = (server.Options() with { MaxParallelRequests = 2 }).DrawAsync(prompts);
        await WaitUntilAsync(() => server.InFlight == 2);
        Assert.Equal(2, image.ReadCount);
        release.SetResult();
        await drawing;
        Assert.Equal(9, image.ReadCount);
    }

    [Fact]
    public async Task One_failure_cancels_the_others_and_waits_for_them()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.Question == "question 3" ? Replies.Text(context, 400, "bad prompt") : Replies.Never(context));

        RemoteSamplingException error =
            await server.Options().FailAsync(Drawing.Prompts(50)).WaitAsync(s_hang);

        Assert.Equal(3, error.PromptIndex);
        Assert.InRange(server.Calls.Count, 1, 16);
        await WaitUntilAsync(() => server.InFlight == 0);
    }

    [Fact]
    public async Task A_failure_cancels_the_others_even_while_the_caller_handles_a_group()
    {
        TaskCompletionSource received = new();
        await using ChatServer server = await ChatServer.StartAsync(async (context, call) =>
        {
            if (call.Question == "question 1")
            {
                await received.Task;
                await Replies.Text(context, 400, "bad prompt");
                return;
            }

            await (call.Question == "question 0" ? Replies.Good(context, call) : Replies.Never(context));
        });
        RemoteSampler sampler = new(server.Options());
        await using IAsyncEnumerator<CompletionGroup> groups =
            sampler.SampleAsync(Drawing.Prompts(5), Drawing.Two).GetAsyncEnumerator();

        Assert.True(await groups.MoveNextAsync());
        await WaitUntilAsync(() => server.Calls.Count == 5);
        received.SetResult();
        await WaitUntilAsync(() => server.InFlight == 0);

        RemoteSamplingException error =
            await Assert.ThrowsAsync<RemoteSamplingException>(() => groups.MoveNextAsync().AsTask());
        Assert.Equal(1, error.PromptIndex);
    }

    [Fact]
    public async Task Cancellation_during_a_request_is_reported_as_cancellation_even_if_waits_ignore_it()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Never(context));
        using CancellationTokenSource source = new();
        Task<List<CompletionGroup>> drawing =
            server.Options().DrawAsync(Drawing.Prompts(1), cancellationToken: source.Token);
        await WaitUntilAsync(() => server.InFlight == 1);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drawing.WaitAsync(s_hang));
    }

    [Fact]
    public async Task Cancellation_promptly_ends_requests_and_waits()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.Question == "question 0" ? Replies.Text(context, 503, "busy") : Replies.Never(context));
        using CancellationTokenSource source = new();
        RemoteSamplerOptions options = server.Options() with
        {
            MaxParallelRequests = 2,
            Delay = (_, token) => Task.Delay(Timeout.Infinite, token),
        };

        Task<List<CompletionGroup>> drawing = options.DrawAsync(Drawing.Prompts(5), cancellationToken: source.Token);
        await WaitUntilAsync(() => server.Calls.Count == 2);
        await source.CancelAsync();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => drawing.WaitAsync(s_hang));
        Assert.Equal(source.Token, error.CancellationToken);
        await WaitUntilAsync(() => server.InFlight == 0);
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Leaving_early_cancels_requests_in_flight()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call.Question == "question 0" ? Replies.Good(context, call) : Replies.Never(context));
        RemoteSampler sampler = new(server.Options());
        await foreach (CompletionGroup group in sampler.SampleAsync(Drawing.Prompts(9), Drawing.Two))
        {
            Assert.Equal(0, group.PromptIndex);
            break;
        }

        await WaitUntilAsync(() => server.InFlight == 0);
    }

    [Fact]
    public async Task No_prompts_give_no_groups()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        Assert.Empty(await server.Options().DrawAsync([]));
        Assert.Empty(server.Calls);
    }

    private static async Task WaitUntilAsync(Func<bool> holds)
    {
        using CancellationTokenSource limit = new(s_hang);
        while (!holds())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private sealed class CountingImage : IImageSource
    {
        private int _readCount;

        public int ReadCount => _readCount;

        public string Name => "counted";

        public Stream OpenRead()
        {
            Interlocked.Increment(ref _readCount);
            return new MemoryStream([0xFF, 0xD8, 0xFF, 1]);
        }
    }
}
