using MedR1.Training;

namespace MedR1.Samples;

/// <summary>Explains in terms of the command line why a training can't continue with the current settings.</summary>
internal static class OtherSettings
{
    /// <summary>Builds a trainer that continues a training.</summary>
    /// <param name="build">Builds the trainer.</param>
    /// <param name="folder">The folder of its checkpoints.</param>
    /// <param name="anew">How to start anew, as the end of a sentence.</param>
    /// <exception cref="InvalidOperationException">The training was started with different settings, which the message names.</exception>
    public static T Explain<T>(Func<T> build, string folder, string anew)
    {
        try
        {
            return build();
        }
        catch (CheckpointException exception) when (exception.Differences.Count > 0)
        {
            throw new InvalidOperationException(
                $"The training in '{folder}' was started with other settings: {string.Join("; ", exception.Differences)}. Restore them "
                + $"to continue it, or {anew}.", exception);
        }
    }
}
