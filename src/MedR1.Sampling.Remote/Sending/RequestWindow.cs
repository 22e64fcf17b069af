namespace MedR1.Sampling.Remote;

/// <summary>
/// Hands out requests in order. While the caller is busy, it limits the number of requests begun whose groups the caller has not read.
/// While the caller waits for a group there is no limit: if one request takes long, the others need not wait for it.
/// </summary>
internal sealed class RequestWindow(long mostAhead)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = New();
    private int _begun;
    private int _read;
    private bool _isAwaited;

    /// <summary>Takes the next request once it may begin.</summary>
    /// <param name="count">The number of requests.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The index of the request; <paramref name="count"/> if there is none left.</returns>
    public async ValueTask<int> EnterAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_begun == count)
                {
                    return count;
                }

                if (_isAwaited || _begun - _read < mostAhead)
                {
                    return _begun++;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Records that the caller waits for a group.</summary>
    public void Open() => Change(() => _isAwaited = true);

    /// <summary>Records that the caller has read a group.</summary>
    public void Read() => Change(() =>
    {
        _isAwaited = false;
        _read++;
    });

    private void Change(Action change)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            change();
            (before, _changed) = (_changed, New());
        }

        before.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
