namespace MedR1.Training.Tests;

public sealed class LimitedCallTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_ends_in_its_time_is_handed_back_and_not_cancelled()
    {
        CancellationToken seen = default;
        Task<int>? call = await LimitedCall.RunAsync(
            token =>
            {
                seen = token;
                return Task.FromResult(3);
            },
            s_long, CancellationToken.None);

        Assert.Equal(3, await call!);
        Assert.False(seen.IsCancellationRequested);
    }

    [Fact]
    public async Task What_it_throws_is_in_the_call_be_it_a_timeout_or_a_cancellation()
    {
        Task<int>? timeout = await LimitedCall.RunAsync<int>(
            _ => throw new TimeoutException("own"), s_long, CancellationToken.None);
        Task<int>? cancelled = await LimitedCall.RunAsync<int>(
            _ => throw new OperationCanceledException("own"), s_long, CancellationToken.None);

        Assert.Equal("own", (await Assert.ThrowsAsync<TimeoutException>(() => timeout!)).Message);
        Assert.Equal("own", (await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled!)).Message);
    }

    [Fact]
    public async Task What_takes_longer_is_cancelled_and_not_waited_for()
    {
        using ManualResetEventSlim release = new();
        TaskCompletionSource cancelled = new();
        Task<int>? call = await LimitedCall.RunAsync(
            async token =>
            {
                // A callback that blocks, or throws, is the call's own affair.
                using CancellationTokenRegistration blocks = token.Register(release.Wait);
                using CancellationTokenRegistration fails = token.Register(() => throw new InvalidOperationException());
                using CancellationTokenRegistration tells = token.Register(cancelled.SetResult);
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return 1;
            },
            s_short, CancellationToken.None);

        Assert.Null(call);
        await cancelled.Task.WaitAsync(s_long);
        release.Set();
    }

    [Fact]
    public async Task Who_stops_waiting_cancels_it_too()
    {
        TaskCompletionSource started = new();
        TaskCompletionSource cancelled = new();
        using CancellationTokenSource source = new();
        Task<Task<int>?> waiting = LimitedCall.RunAsync(
            async token =>
            {
                using CancellationTokenRegistration tells = token.Register(cancelled.SetResult);
                started.SetResult();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return 1;
            },
            s_long, source.Token);
        await started.Task;
        await source.CancelAsync();

        OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(source.Token, exception.CancellationToken);
        await cancelled.Task.WaitAsync(s_long);
    }
}
