namespace MedR1.Sampling.Remote.Tests;

/// <summary>Requests don't run arbitrarily far ahead of a caller that does not read.</summary>
public sealed class BackPressureTests
{
    private const int Count = 40;
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);
    private int _begun;

    // At most twice as many requests as run in parallel may be ahead of the caller.
    [Fact]
    public async Task Requests_wait_while_the_caller_is_busy()
    {
        await using RemoteRun run = new(Count, maxParallel: 3, AskAsync, default);
        await Begun(6);
        for (int read = 0; read < Count; read++)
        {
            Assert.Equal(read, (await run.GetAsync(read).WaitAsync(s_long)).PromptIndex);
        }

        Assert.Equal(Count, _begun);
    }

    [Fact]
    public async Task A_read_result_admits_one_request_and_a_waiting_caller_admits_all()
    {
        RequestWindow window = new(2);
        Assert.Equal(0, await window.EnterAsync(6, default));
        Assert.Equal(1, await window.EnterAsync(6, default));
        Task<int> third = window.EnterAsync(6, default).AsTask();
        Assert.False(third.IsCompleted);
        window.Read();
        Assert.Equal(2, await third.WaitAsync(s_long));

        Task<int> fourth = window.EnterAsync(6, default).AsTask();
        Assert.False(fourth.IsCompleted);
        window.Open();
        Assert.Equal(3, await fourth.WaitAsync(s_long));
        Assert.Equal(4, await window.EnterAsync(6, default));

        // The caller no longer waits: five requests began, and two results were read.
        window.Read();
        using CancellationTokenSource source = new();
        Task<int> last = window.EnterAsync(6, source.Token).AsTask();
        Assert.False(last.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last.WaitAsync(s_long));

        window.Open();
        Assert.Equal(5, await window.EnterAsync(6, default));
        window.Read();
        Assert.Equal(6, await window.EnterAsync(6, default));
    }

    [Fact]
    public async Task While_the_caller_waits_for_a_slow_request_others_continue()
    {
        TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteRun run = new(
            Count, maxParallel: 3,
            async (index, stop) =>
            {
                CompletionGroup group = await AskAsync(index, stop);
                await (index == 0 ? slow.Task.WaitAsync(stop) : Task.CompletedTask);
                return group;
            },
            default);
        Task<CompletionGroup> first = run.GetAsync(0);
        await Begun(Count);
        Assert.False(first.IsCompleted);
        slow.SetResult();
        Assert.Equal(0, (await first.WaitAsync(s_long)).PromptIndex);
        Assert.Equal(1, (await run.GetAsync(1).WaitAsync(s_long)).PromptIndex);
    }

    [Fact]
    public async Task Leaving_early_or_cancelling_does_not_wait_for_held_back_requests()
    {
        RemoteRun left = new(Count, maxParallel: 3, AskAsync, default);
        await Begun(6);
        await left.DisposeAsync().AsTask().WaitAsync(s_long);
        Assert.Equal(6, _begun);

        _begun = 0;
        using CancellationTokenSource source = new();
        RemoteRun cancelled = new(Count, maxParallel: 3, AskAsync, source.Token);
        await Begun(6);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.GetAsync(Count - 1).WaitAsync(s_long));
        await cancelled.DisposeAsync().AsTask().WaitAsync(s_long);
    }

    private Task<CompletionGroup> AskAsync(int index, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _begun);
        return Task.FromResult(new CompletionGroup(VqaPrompt.Ask("?"), []) { PromptIndex = index });
    }

    // Waits until exactly this many have begun, and checks that no more begin for a while.
    private async Task Begun(int count)
    {
        for (long end = Environment.TickCount64 + (long)s_long.TotalMilliseconds; _begun < count && Environment.TickCount64 < end;)
        {
            await Task.Delay(1);
        }

        await Task.Delay(20);
        Assert.Equal(count, _begun);
    }
}
