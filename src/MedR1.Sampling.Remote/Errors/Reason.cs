namespace MedR1.Sampling.Remote;

/// <summary>What an exception of the network says.</summary>
internal static class Reason
{
    /// <summary>
    /// Its message and that of the cause: for a connection that was cut the first says only that an error occurred.
    /// </summary>
    public static string Of(Exception exception) =>
        exception.InnerException is { } cause && !exception.Message.Contains(cause.Message, StringComparison.Ordinal)
            ? $"{exception.Message} {cause.Message}"
            : exception.Message;
}
