namespace MedR1.Sampling.Remote;

/// <summary>
/// A server had other weights than those that the completions of a call must come from, so that a trainer would take
/// completions of one policy for those of another.
/// </summary>
public sealed class WeightVersionException : InvalidOperationException
{
    /// <summary>Names the versions.</summary>
    /// <param name="expected">The version that the call needs.</param>
    /// <param name="actual">The version that the server has.</param>
    /// <param name="promptIndex">The prompt at which it was seen.</param>
    public WeightVersionException(string expected, string? actual, int promptIndex)
        : base($"Prompt {promptIndex} needs weights of version '{expected}', but the server has '{actual}'; "
            + "wait for the server to load them, and don't load others while it samples.")
    {
        Expected = expected;
        Actual = actual;
        PromptIndex = promptIndex;
    }

    /// <summary>The version that the call needs.</summary>
    public string Expected { get; }

    /// <summary>The version that the server has.</summary>
    public string? Actual { get; }

    /// <summary>The prompt at which it was seen.</summary>
    public int PromptIndex { get; }
}
