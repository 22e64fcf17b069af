namespace MedR1.Modeling;

/// <summary>What the trainer's forward pass computes for each token of the completions.</summary>
public sealed record TokenStatisticsOptions
{
    /// <summary>Divides the logits before the softmax.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Tokens left out of the softmax, as in the sampler.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; init; } = [];

    /// <summary>Whether to compute entropies too.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool WithEntropies { get; init; }

    /// <summary>Whether entropies carry a gradient, for a loss that rewards or penalises them; metrics don't need it.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool WithEntropyGradient { get; init; }
}
