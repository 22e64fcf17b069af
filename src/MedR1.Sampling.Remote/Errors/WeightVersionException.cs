namespace MedR1.Sampling.Remote;

/// <summary>
/// A server did not have the weights that the completions of a call must come from, so that a trainer would mistake completions of one
/// policy for those of another.
/// </summary>
public sealed class WeightVersionException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="expected">The version that the call requires.</param>
    /// <param name="actual">The version that the server has.</param>
    /// <param name="promptIndex">The index of the prompt whose check failed.</param>
    public WeightVersionException(string expected, string? actual, int promptIndex)
        : base($"Prompt {promptIndex} needs weights of version '{expected}', but the server has '{actual}'; "
            + "wait for the server to load them, and don't load others while it samples.")
    {
        Expected = expected;
        Actual = actual;
        PromptIndex = promptIndex;
    }

    /// <summary>The version that the call requires.</summary>
    public string Expected { get; }

    /// <summary>The version that the server has.</summary>
    public string? Actual { get; }

    /// <summary>The index of the prompt whose check failed.</summary>
    public int PromptIndex { get; }
}
