namespace MedR1;

/// <summary>Describes exceptions of code that is not this library's, such as a user's reward.</summary>
internal static class ForeignExceptions
{
    /// <summary>
    /// The exception's message. An exception type may compute its message and fail in doing so, which must not replace the failure that is
    /// being described.
    /// </summary>
    public static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message;
        }
        catch (Exception failure)
        {
            return $"its Message threw {failure.GetType().Name}.";
        }
    }

    /// <summary>The exception's type and message.</summary>
    public static string Describe(Exception exception) => $"{exception.GetType().Name}: {MessageOf(exception)}";
}
