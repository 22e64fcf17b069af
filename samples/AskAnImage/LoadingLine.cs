using MedR1.Modeling;

namespace MedR1.Samples.AskAnImage;

/// <summary>
/// Shows how much of a checkpoint is read, in one line of the terminal that is erased at the end. <see cref="Progress{T}"/> would report
/// from other threads, out of order and into the answer.
/// </summary>
internal sealed class LoadingLine : IProgress<LoadProgress>
{
    private int _percent = -1;

    private LoadingLine()
    {
    }

    /// <summary>The line; null if nobody sees it, because errors are redirected to a file.</summary>
    public static LoadingLine? OfTerminal() => Console.IsErrorRedirected ? null : new LoadingLine();

    public void Report(LoadProgress value)
    {
        int percent = (int)(100 * value.Bytes / value.TotalBytes);
        if (percent == _percent)
        {
            return;
        }

        _percent = percent;
        Console.Error.Write($"\rLoading: {percent} % ");
        if (percent == 100)
        {
            Console.Error.Write("\r                \r");
        }
    }
}
