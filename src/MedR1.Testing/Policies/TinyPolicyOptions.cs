namespace MedR1.Testing;

/// <summary>Sizes and seed of a <see cref="TinyPolicy"/>.</summary>
public sealed record TinyPolicyOptions
{
    /// <summary>Seed of the initial weights.</summary>
    /// <value>The default is 0.</value>
    public long Seed { get; init; }

    /// <summary>Width of the network; a multiple of <see cref="HeadCount"/>.</summary>
    /// <value>The default is 32.</value>
    public int HiddenSize { get; init; } = 32;

    /// <summary>Number of attention heads.</summary>
    /// <value>The default is 2.</value>
    public int HeadCount { get; init; } = 2;

    /// <summary>Number of decoder layers.</summary>
    /// <value>The default is 2.</value>
    public int LayerCount { get; init; } = 2;

    /// <summary>The maximum number of tokens of prompt and completion together.</summary>
    /// <value>The default is 512.</value>
    public int ContextLength { get; init; } = 512;

    /// <summary>Scales the initial head: larger values give more confident choices.</summary>
    /// <value>The default is 1, which gives logits with a standard deviation of about 1.</value>
    public double HeadScale { get; init; } = 1.0;

    /// <summary>Throws if the sizes are invalid.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(HiddenSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(HeadCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LayerCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 2);
        if (HiddenSize % HeadCount != 0)
        {
            throw new ArgumentException(
                $"HiddenSize is {HiddenSize} and HeadCount {HeadCount}; HiddenSize must be a multiple of HeadCount.",
                nameof(HiddenSize));
        }
    }
}
