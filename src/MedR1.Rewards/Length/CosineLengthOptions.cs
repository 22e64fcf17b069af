namespace MedR1.Rewards;

/// <summary>The end points of the curves of <see cref="CosineLengthReward"/>.</summary>
public sealed record CosineLengthOptions
{
    /// <summary>The length in tokens at which the curves end; beyond it they are constant.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>The reward of an incorrect completion of length 0.</summary>
    /// <value>The default is −1.</value>
    public double ShortestIncorrect { get; init; } = -1.0;

    /// <summary>The reward of the longest incorrect completion.</summary>
    /// <value>The default is −0.5.</value>
    public double LongestIncorrect { get; init; } = -0.5;

    /// <summary>The reward of the longest correct completion.</summary>
    /// <value>The default is 0.5.</value>
    public double LongestCorrect { get; init; } = 0.5;

    /// <summary>The reward of a correct completion of length 0.</summary>
    /// <value>The default is 1.</value>
    public double ShortestCorrect { get; init; } = 1.0;
}
