namespace MedR1.Training;

/// <summary>
/// Calls what a user wrote without the training thread's synchronization context. Who waits there for something asynchronous
/// would else wait for a continuation that this very thread has to run.
/// </summary>
internal static class UserCode
{
    /// <summary>Calls a function.</summary>
    public static T Call<T>(Func<T> function)
    {
        SynchronizationContext? own = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return function();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(own);
        }
    }

    /// <summary>Tells the observers of a kind something, one after another.</summary>
    public static void Tell<TObserver>(IReadOnlyList<ITrainingObserver> observers, Action<TObserver> tell)
        where TObserver : ITrainingObserver => Call(() =>
    {
        foreach (TObserver observer in observers.OfType<TObserver>())
        {
            tell(observer);
        }

        return true;
    });
}
