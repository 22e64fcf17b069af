namespace MedR1.Sampling;

/// <summary>How a <see cref="LocalSampler"/> uses the machine. Only <see cref="Processors"/> affects what completions contain.</summary>
public sealed record LocalSamplerOptions
{
    /// <summary>The maximum number of completions sampled at once; the others wait until one ends.</summary>
    /// <value>The default is 256.</value>
    public int MaxRows { get; init; } = 256;

    /// <summary>
    /// The maximum size of the KV cache in bytes; if it is reached, fewer completions are sampled at once. <see langword="null"/> for no
    /// limit.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public long? MaxCacheBytes { get; init; }

    /// <summary>
    /// Whether a call makes a second copy of the weights in a layout that is faster to read, if the model has one (bfloat16 on the CPU).
    /// The copy reads and writes all weights once, which pays off over many steps.
    /// </summary>
    /// <value>The default is <see langword="null"/>: yes if there are several completions that take 64 steps or more.</value>
    public bool? PackWeights { get; init; }

    /// <summary>Receives progress, at most every <see cref="ProgressInterval"/> and at the end of the call.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>The minimum time between two reports.</summary>
    /// <value>The default is a quarter of a second.</value>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Custom processors; they run after token suppression and before the temperature, also in greedy decoding.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<ILogitsProcessor> Processors { get; init; } = [];

    /// <summary>Whether the choice of tokens is recorded as a device program, if possible; null for all devices but the CPU.</summary>
    internal bool? RecordsChoices { get; init; }

    /// <summary>Throws if an option is out of range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCacheBytes ?? 1, 1, nameof(MaxCacheBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(ProgressInterval, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(Processors);
    }
}
