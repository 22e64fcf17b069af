namespace MedR1.Training;

/// <summary>Calls user code and waits for it within a time limit.</summary>
internal static class LimitedCall
{
    /// <summary>
    /// Calls a function on a thread-pool thread, which it may block indefinitely. If the waiting stops before the call has ended, the
    /// call's token is cancelled so that it does not keep running in vain.
    /// </summary>
    /// <param name="function">The function; it receives its own token.</param>
    /// <param name="time">The time limit, measured from the start of the call.</param>
    /// <param name="cancellationToken">Cancels the waiting, and so the call.</param>
    /// <returns>The call, which has completed, successfully or not; null if it exceeded the time limit.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the call ended.</exception>
    public static async Task<Task<T>?> RunAsync<T>(
        Func<CancellationToken, Task<T>> function, TimeSpan time, CancellationToken cancellationToken)
    {
        CancellationTokenSource source = new();
        CancellationToken token = source.Token;
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<T> call = Task.Run(
            () =>
            {
                started.SetResult();
                return function(token);
            },
            token);

        // The time starts with the call: if all threads of the pool are busy, the wait for one doesn't count.
        await started.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // The exception that ends the waiting proves nothing, since the call itself may throw a TimeoutException.
        await ((Task)call).WaitAsync(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (call.IsCompleted)
        {
            source.Dispose();
            return call;
        }

        // What a call throws once nobody waits for it is expected, and no reason for TaskScheduler.UnobservedTaskException.
        _ = call.ContinueWith(
            late => late.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = CancelAsync(source);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    // Not awaited: callbacks registered with the token may block, and their exceptions no longer matter.
    private static async Task CancelAsync(CancellationTokenSource source)
    {
        await source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        source.Dispose();
    }
}
