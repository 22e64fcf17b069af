namespace MedR1.Samples;

/// <summary>Reports a mistake as a message instead of a stack trace.</summary>
internal static class Mistakes
{
    private const int Mistaken = 2;

    // A shell's exit code for Ctrl+C.
    private const int Stopped = 130;

    /// <summary>Does a sample's work and returns the program's exit code.</summary>
    /// <param name="work">The work.</param>
    /// <param name="whenStopped">The message if the run was stopped.</param>
    public static async Task<int> ReportAsync(Func<Task> work, string whenStopped = "Stopped.")
    {
        try
        {
            await work();
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(whenStopped);
            return Stopped;
        }
        catch (Exception exception) when (SaysWhatToDo(exception))
        {
            Console.Error.WriteLine(exception.Message);
            return Mistaken;
        }
    }

    // Any other exception is a defect, whose stack trace is needed.
    private static bool SaysWhatToDo(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException
            or (InvalidOperationException and not ObjectDisposedException)
        || exception.GetType().Namespace?.StartsWith(nameof(MedR1), StringComparison.Ordinal) == true;
}
