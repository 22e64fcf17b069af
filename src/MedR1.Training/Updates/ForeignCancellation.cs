namespace MedR1.Training;

/// <summary>
/// Distinguishes a cancelled run from one in which something else was cancelled: a request that exceeds <c>HttpClient.Timeout</c>
/// ends with an <see cref="OperationCanceledException"/> too, although nobody cancelled the run.
/// </summary>
internal static class ForeignCancellation
{
    private const string Key = "MedR1.Training.Cancelled";

    /// <summary>Records where the exception comes from; the innermost place counts.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="what">What threw it, as the subject of a sentence.</param>
    public static void Name(OperationCanceledException exception, string what)
    {
        if (!exception.Data.Contains(Key))
        {
            exception.Data[Key] = what;
        }
    }

    /// <summary>The failure that it amounts to if the run's own token is not cancelled.</summary>
    public static TimeoutException Explain(OperationCanceledException exception) => new(
        $"{exception.Data[Key] ?? "Something in the run"} was cancelled, though the run was not: {exception.GetType().Name}: "
        + $"{exception.Message} Most likely a time limit of its own is over, such as HttpClient.Timeout: raise it, or catch the "
        + "exception there.", exception);
}
