using System.Runtime.CompilerServices;

namespace MedR1.Training.Tests;

public sealed class LimitedCallTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_call_that_ends_in_time_is_returned_and_not_cancelled()
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
    public async Task Its_exception_is_kept_in_the_call_even_if_a_timeout_or_cancellation()
    {
        Task<int>? timeout = await LimitedCall.RunAsync<int>(
            _ => throw new TimeoutException("own"), s_long, CancellationToken.None);
        Task<int>? cancelled = await LimitedCall.RunAsync<int>(
            _ => throw new OperationCanceledException("own"), s_long, CancellationToken.None);

        Assert.Equal("own", (await Assert.ThrowsAsync<TimeoutException>(() => timeout!)).Message);
        Assert.Equal("own", (await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled!)).Message);
    }

    [Fact]
    public async Task A_call_that_takes_longer_is_cancelled_and_not_awaited()
    {
        using ManualResetEventSlim release = new();
        TaskCompletionSource cancelled = new();
        Task<int>? call = await LimitedCall.RunAsync(
            async token =>
            {
                // Callbacks that block or throw affect only the call itself.
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
    public async Task What_it_throws_later_is_not_reported_as_unobserved()
    {
        List<string> unobserved = [];
        TaskScheduler.UnobservedTaskException += (_, arguments) =>
        {
            lock (unobserved)
            {
                unobserved.AddRange(arguments.Exception.InnerExceptions.Select(inner => inner.Message));
            }
        };
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        WeakReference late = await AbandonAsync(release);

        for (int wait = 0; late.IsAlive && wait < 200; wait++)
        {
            await Task.Delay(10);
#pragma warning disable RS0030 // A collection is what reports unobserved exceptions.
            GC.Collect();
            GC.WaitForPendingFinalizers();
#pragma warning restore RS0030
        }

        Assert.False(late.IsAlive);
        lock (unobserved)
        {
            Assert.DoesNotContain("thrown too late", unobserved);
        }
    }

    // A method of its own, so that nothing on the caller's stack keeps the call alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> AbandonAsync(TaskCompletionSource release)
    {
        WeakReference? thrown = null;
        Assert.Null(await LimitedCall.RunAsync<int>(
            async _ =>
            {
                await release.Task;
                InvalidOperationException exception = new("thrown too late");
                thrown = new WeakReference(exception);
                throw exception;
            },
            s_short, CancellationToken.None));
        release.SetResult();
        while (thrown is null)
        {
            await Task.Delay(10);
        }

        return thrown;
    }

    [Fact]
    public async Task Cancelling_the_wait_cancels_the_call_too()
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
