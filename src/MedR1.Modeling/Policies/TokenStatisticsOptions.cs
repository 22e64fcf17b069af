namespace MedR1.Modeling;

/// <summary>Options of the trainer's forward pass.</summary>
public sealed record TokenStatisticsOptions
{
    /// <summary>The temperature by which the logits are divided before the softmax.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Tokens excluded from the softmax, as in the sampler.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; init; } = [];

    /// <summary>Whether to compute entropies as well.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool WithEntropies { get; init; }

    /// <summary>Whether entropies carry a gradient, for a loss with an entropy term; metrics don't need it.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool WithEntropyGradient { get; init; }
}
