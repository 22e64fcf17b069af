namespace MedR1.Training;

/// <summary>Calls what a user wrote and waits for it no longer than its time.</summary>
internal static class LimitedCall
{
    /// <summary>
    /// Calls a function on a thread of the pool, which it may block for good. Who leaves before it has ended cancels its token,
    /// so that it does not go on for nothing.
    /// </summary>
    /// <param name="function">The function; it gets a token of its own.</param>
    /// <param name="time">How long it may take.</param>
    /// <param name="cancellationToken">Cancels the waiting, and so the call.</param>
    /// <returns>The call, which has ended well or not; null where it has not ended in its time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the call had ended.</exception>
    public static async Task<Task<T>?> RunAsync<T>(
        Func<CancellationToken, Task<T>> function, TimeSpan time, CancellationToken cancellationToken)
    {
        CancellationTokenSource source = new();
        Task<T> call = Task.Run(() => function(source.Token), source.Token);

        // What ended the waiting says nothing: the call may throw a TimeoutException of its own.
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

    // Not waited for: what the call has registered with its token may block, and what it throws is of no use any more.
    private static async Task CancelAsync(CancellationTokenSource source)
    {
        await source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        source.Dispose();
    }
}
