namespace MedR1.Training;

/// <summary>
/// Tells a run that was cancelled from one in which something else was: a request whose <c>HttpClient.Timeout</c> is over ends
/// with an <see cref="OperationCanceledException"/> too, though nobody stopped the run.
/// </summary>
internal static class ForeignCancellation
{
    private const string Key = "MedR1.Training.Cancelled";

    /// <summary>Writes down where it comes from; the innermost place counts.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="what">What threw it, as the subject of a sentence.</param>
    public static void Name(OperationCanceledException exception, string what)
    {
        if (!exception.Data.Contains(Key))
        {
            exception.Data[Key] = what;
        }
    }

    /// <summary>The failure that it is where the run's own token is not cancelled.</summary>
    public static TimeoutException Explain(OperationCanceledException exception) => new(
        $"{exception.Data[Key] ?? "Something in the run"} was cancelled, though the run was not: {exception.GetType().Name}: "
        + $"{exception.Message} Most likely a time limit of its own is over, such as HttpClient.Timeout: raise it, or catch the "
        + "exception there.", exception);
}
