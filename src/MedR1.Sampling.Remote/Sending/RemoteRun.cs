namespace MedR1.Sampling.Remote;

/// <summary>
/// One call: workers take the requests in order, up to the maximum number in flight, and pause while the caller is busy with the groups
/// that it has read. The first failure stops all of them.
/// </summary>
internal sealed class RemoteRun : IAsyncDisposable
{
    private readonly Func<int, CancellationToken, Task<CompletionGroup>> _ask;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource<CompletionGroup>[] _groups;
    private readonly Task[] _workers;
    private readonly RequestWindow _window;

    // Completes only with a failure: a caller waiting for a group that will never arrive must receive it.
    private readonly TaskCompletionSource<CompletionGroup> _failure = New();

    /// <summary>Starts the requests.</summary>
    public RemoteRun(
        int count,
        int maxParallel,
        Func<int, CancellationToken, Task<CompletionGroup>> ask,
        CancellationToken cancellationToken)
    {
        _ask = ask;
        _caller = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _groups = [.. Enumerable.Range(0, count).Select(_ => New())];
        _window = new RequestWindow(maxParallel * 2L);
        int workers = Math.Min(count, maxParallel);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
    }

    /// <summary>Returns the group of a request once it has arrived; must be called in the order of the requests.</summary>
    public async Task<CompletionGroup> GetAsync(int index)
    {
        Task<CompletionGroup> group = _groups[index].Task;
        if (!group.IsCompleted)
        {
            _window.Open();
            await Task.WhenAny(group, _failure.Task).ConfigureAwait(false);
        }

        _window.Read();
        return await (group.IsCompletedSuccessfully ? group : _failure.Task).ConfigureAwait(false);
    }

    /// <summary>Cancels the requests in flight and waits for them to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        _ = _failure.Task.Exception;
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            for (int i = await NextAsync().ConfigureAwait(false); i < _groups.Length; i = await NextAsync().ConfigureAwait(false))
            {
                _stop.Token.ThrowIfCancellationRequested();
                _groups[i].SetResult(await _ask(i, _stop.Token).ConfigureAwait(false));
            }
        }
        catch (Exception e)
        {
            // The failure is set before the others are cancelled, so that their cancellation is not reported instead.
            _ = e is OperationCanceledException && _caller.IsCancellationRequested
                ? _failure.TrySetCanceled(_caller)
                : _failure.TrySetException(e);
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<int> NextAsync() => _window.EnterAsync(_groups.Length, _stop.Token);

    private static TaskCompletionSource<CompletionGroup> New() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
