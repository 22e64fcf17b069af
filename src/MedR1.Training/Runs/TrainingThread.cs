using System.Collections.Concurrent;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Runs an asynchronous function on a dedicated thread, to which every continuation returns. libtorch keeps gradient mode, dispose scopes
/// and a pool of workers per thread: a loop that moves between thread-pool threads would start a new pool at every hop.
/// </summary>
internal sealed class TrainingThread : SynchronizationContext
{
    private const int MaxWaitHandles = 64;
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _queue = [];

    // Counts the callbacks in the queue. Never disposed, because late work may post at any time after the run: the handle's finalizer closes
    // it.
    private readonly Semaphore _posted = new(0, int.MaxValue);

    // The calls in progress of user code that may block; only the thread itself changes it.
    private int _mayBlock;
    private volatile bool _isOver;

    private TrainingThread() => SetWaitNotificationRequired();

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

    /// <summary>
    /// Lets the current thread, if it is a training thread, run callbacks while it blocks, until the result is disposed there: for user code
    /// whose asynchronous work returns to this thread. At other times a callback that some evaluation left behind must wait for the next
    /// <c>await</c> of the run: it would see the gradient mode and the dispose scope of a half-made step.
    /// </summary>
    public static IDisposable? AllowBlocking() => Current is TrainingThread own ? new Permission(own) : null;

    public override void Post(SendOrPostCallback d, object? state)
    {
        _queue.Enqueue((d, state));
        _posted.Release();
        if (_isOver)
        {
            // Any remaining work of a sink or a late reward runs on the thread pool.
            ThreadPool.QueueUserWorkItem(_ => RunAll());
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("The training thread doesn't support synchronous calls; use Post.");

    /// <summary>
    /// Waits while code on this thread blocks. If user code blocks on asynchronous work, as with <c>task.Result</c> in an evaluation, it
    /// waits for callbacks that only this thread runs: they run meanwhile.
    /// </summary>
    public override int Wait(nint[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        if (_mayBlock == 0 || waitAll || waitHandles.Length == MaxWaitHandles)
        {
            return base.Wait(waitHandles, waitAll, millisecondsTimeout);
        }

        long end = Environment.TickCount64 + millisecondsTimeout;
        nint[] handles = [.. waitHandles, _posted.SafeWaitHandle.DangerousGetHandle()];
        while (true)
        {
            int left = millisecondsTimeout < 0 ? millisecondsTimeout : (int)Math.Max(0, end - Environment.TickCount64);
            int signalled = WaitHelper(handles, waitAll: false, left);
            if (signalled != waitHandles.Length)
            {
                return signalled;
            }

            RunNext();
        }
    }

    private void Pump<T>(Func<Task<T>> function, TaskCompletionSource<T> completion)
    {
        SetSynchronizationContext(this);
        Task<T> task = function();
        task.ContinueWith(
            _ => Post(_ => { }, null), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!task.IsCompleted)
        {
            WaitHelper([_posted.SafeWaitHandle.DangerousGetHandle()], waitAll: false, Timeout.Infinite);
            RunNext();
        }

        _isOver = true;
        Interlocked.MemoryBarrier();
        RunAll();
        completion.TrySetFromTask(task);
    }

    private void RunAll()
    {
        while (RunNext())
        {
        }
    }

    private bool RunNext()
    {
        if (_queue.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
        {
            next.Callback(next.State);
            return true;
        }

        return false;
    }

    private sealed class Permission : IDisposable
    {
        private readonly TrainingThread _thread;

        public Permission(TrainingThread thread)
        {
            _thread = thread;
            _thread._mayBlock++;
        }

        public void Dispose() => _thread._mayBlock--;
    }
}
