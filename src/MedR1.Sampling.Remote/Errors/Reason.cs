namespace MedR1.Sampling.Remote;

/// <summary>Describes network exceptions.</summary>
internal static class Reason
{
    /// <summary>
    /// The exception's message and that of its cause: for a broken connection, the first says only that an error occurred.
    /// </summary>
    public static string Of(Exception exception) =>
        exception.InnerException is { } cause && !exception.Message.Contains(cause.Message, StringComparison.Ordinal)
            ? $"{exception.Message} {cause.Message}"
            : exception.Message;
}
