using MedR1.Training;

namespace MedR1.Samples;

/// <summary>Says in terms of the command line that a training can't go on with the settings of this one.</summary>
internal static class OtherSettings
{
    /// <summary>Builds what goes on with a training.</summary>
    /// <param name="build">Builds it.</param>
    /// <param name="folder">The folder of its checkpoints.</param>
    /// <param name="anew">How to start anew, as the end of a sentence.</param>
    /// <exception cref="InvalidOperationException">The training was begun with other settings; it names them.</exception>
    public static T Explain<T>(Func<T> build, string folder, string anew)
    {
        try
        {
            return build();
        }
        catch (CheckpointException exception) when (exception.Differences.Count > 0)
        {
            throw new InvalidOperationException(
                $"The training in '{folder}' was begun with other settings: {string.Join("; ", exception.Differences)}. Give them as they "
                + $"were to go on with it, or {anew}.", exception);
        }
    }
}
