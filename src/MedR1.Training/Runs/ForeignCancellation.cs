namespace MedR1.Training;

/// <summary>
/// Distinguishes a cancelled run from one in which something else was cancelled: a request that exceeds <c>HttpClient.Timeout</c> also ends
/// with an <see cref="OperationCanceledException"/>, although nobody cancelled the run.
/// </summary>
internal static class ForeignCancellation
{
    private const string Key = "MedR1.Training.Cancelled";

    /// <summary>Records where the exception comes from; the innermost source counts.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="what">The source, as the subject of a sentence.</param>
    public static void Name(OperationCanceledException exception, string what)
    {
        if (!exception.Data.Contains(Key))
        {
            exception.Data[Key] = what;
        }
    }

    /// <summary>Converts the exception to a failure, for a run whose own token is not cancelled.</summary>
    public static TimeoutException Explain(OperationCanceledException exception) => new(
        $"{exception.Data[Key] as string ?? "Something in the run"} was cancelled, although the run was not: "
        + $"{ForeignExceptions.Describe(exception)} Most likely its own time limit has expired, such as HttpClient.Timeout: raise it, or "
        + "catch the exception there.", exception);
}
