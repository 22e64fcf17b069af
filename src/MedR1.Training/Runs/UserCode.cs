namespace MedR1.Training;

/// <summary>
/// Calls user code without the training thread's synchronization context: asynchronous work that it starts continues on the thread pool,
/// beside the training.
/// </summary>
internal static class UserCode
{
    /// <summary>Calls a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="what">The code's origin, as the subject of a sentence, to describe a cancellation that it throws.</param>
    public static T Call<T>(Func<T> function, string what)
    {
        SynchronizationContext? own = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return function();
        }
        catch (OperationCanceledException exception)
        {
            ForeignCancellation.Name(exception, what);
            throw;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(own);
        }
    }

    /// <summary>
    /// Enables gradients on this thread: an evaluation, sampler or observer may have left them disabled, by a <c>no_grad()</c> that it did
    /// not dispose.
    /// </summary>
    public static IDisposable EnableGradients() => TorchSharp.torch.inference_mode(false);

    /// <summary>Calls all observers of a type, one after another.</summary>
    public static void Tell<TObserver>(IReadOnlyList<ITrainingObserver> observers, Action<TObserver> tell)
        where TObserver : ITrainingObserver
    {
        foreach (TObserver observer in observers.OfType<TObserver>())
        {
            Call(
                () =>
                {
                    tell(observer);
                    return true;
                },
                $"The observer {observer.GetType().Name}");
        }
    }
}
