namespace MedR1.Training;

/// <summary>A reward gave a completion no usable score.</summary>
/// <param name="Reward">The reward's name.</param>
/// <param name="Kind">How it failed.</param>
/// <param name="Message">What happened, in human-readable form.</param>
public sealed record RewardFailure(string Reward, RewardFailureKind Kind, string Message)
{
    /// <summary>The exception, if there is one.</summary>
    public Exception? Exception { get; init; }
}
