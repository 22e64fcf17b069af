namespace MedR1.Training;

/// <summary>Calls user code and waits for it no longer than its time limit.</summary>
internal static class LimitedCall
{
    /// <summary>
    /// Calls a function on a thread-pool thread, which it may block for good. If the waiting stops before the call has ended, its
    /// token is cancelled so that it does not run on in vain.
    /// </summary>
    /// <param name="function">The function; it gets its own token.</param>
    /// <param name="time">How long it may take, from its start on.</param>
    /// <param name="cancellationToken">Cancels the waiting, and so the call.</param>
    /// <returns>The call, which has ended, successfully or not; null if it has not ended in time.</returns>
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

        // Its time begins when it does: a pool whose threads are all taken keeps it waiting, for which it can't be blamed.
        await started.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // The exception that ends the waiting proves nothing: the call itself may throw a TimeoutException.
        await ((Task)call).WaitAsync(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (call.IsCompleted)
        {
            source.Dispose();
            return call;
        }

        _ = CancelAsync(source);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    // Not awaited: what the call has registered with its token may block, and what that throws is no longer of use.
    private static async Task CancelAsync(CancellationTokenSource source)
    {
        await source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        source.Dispose();
    }
}
