namespace MedR1.Training;

/// <summary>
/// Calls user code without the training thread's synchronization context. Otherwise, code that blocks on something asynchronous
/// would wait for a continuation that this very thread has to run.
/// </summary>
internal static class UserCode
{
    /// <summary>Calls a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="what">What it belongs to, as the subject of a sentence; used to describe a cancellation that it throws.</param>
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

    /// <summary>Calls the observers of one kind, one after another.</summary>
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
