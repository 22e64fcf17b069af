using MedR1.Modeling;

using System.Collections.Concurrent;

namespace MedR1.Training;

/// <summary>
/// Runs an asynchronous function on a dedicated thread, to which every continuation returns. libtorch keeps gradient mode, dispose scopes
/// and a pool of workers per thread: a loop that moves between thread-pool threads would start a new pool at every hop.
/// </summary>
internal sealed class TrainingThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

    private TrainingThread()
    {
    }

    public static Task<T> RunAsync<T>(Func<Task<T>> function)
    {
        // Loading and evaluating may have left the caller's thread with libtorch workers, and that thread only waits from now on.
        TorchRuntime.ReleaseThreads();
        TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => new TrainingThread().Pump(function, completion))
        {
            IsBackground = true,
            Name = "MedR1 training",
        }.Start();
        return completion.Task;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The run is over; any remaining work of a sink or a late reward runs on the thread pool.
            ThreadPool.QueueUserWorkItem(_ => d(state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("The training thread doesn't support synchronous calls; use Post.");

    private void Pump<T>(Func<Task<T>> function, TaskCompletionSource<T> completion)
    {
        SetSynchronizationContext(this);
        Task<T> task = function();
        task.ContinueWith(
            _ => _queue.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        foreach ((SendOrPostCallback callback, object? state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }

        completion.TrySetFromTask(task);
    }
}
