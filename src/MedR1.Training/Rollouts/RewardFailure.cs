namespace MedR1.Training;

/// <summary>A reward that gave a completion no usable score.</summary>
/// <param name="Reward">The reward's name.</param>
/// <param name="Kind">How it failed.</param>
/// <param name="Message">What happened, for a person.</param>
public sealed record RewardFailure(string Reward, RewardFailureKind Kind, string Message)
{
    /// <summary>The exception, where there is one.</summary>
    public Exception? Exception { get; init; }
}
