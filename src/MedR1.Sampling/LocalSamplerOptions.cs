namespace MedR1.Sampling;

/// <summary>How a <see cref="LocalSampler"/> uses the machine. Only <see cref="Processors"/> change what a completion says.</summary>
public sealed record LocalSamplerOptions
{
    /// <summary>The maximum number of completions drawn at once; the others wait until one ends.</summary>
    /// <value>The default is 256.</value>
    public int MaxRows { get; init; } = 256;

    /// <summary>
    /// The maximum number of bytes for keys and values; if it is reached, fewer completions run at once. <see langword="null"/>
    /// for no limit.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public long? MaxCacheBytes { get; init; }

    /// <summary>
    /// Whether the call keeps a second copy of the weights in a layout that is read faster, if the model has one (bfloat16 on the
    /// CPU) and that many completions benefit. Making the copy reads and writes all weights once.
    /// </summary>
    /// <value>The default is <see langword="null"/>: yes if there are several completions of 64 tokens or more.</value>
    public bool? PackWeights { get; init; }

    /// <summary>Receives progress, at most every <see cref="ProgressInterval"/> and at the end of the call.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>The minimum time between two reports.</summary>
    /// <value>The default is a quarter of a second.</value>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Processors of your own; they run after token suppression and before the temperature, also in greedy decoding.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<ILogitsProcessor> Processors { get; init; } = [];

    /// <summary>Whether the choice of tokens is recorded where it can be; null for all devices but the CPU.</summary>
    internal bool? RecordsChoices { get; init; }

    /// <summary>Refuses what can't be.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCacheBytes ?? 1, 1, nameof(MaxCacheBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(ProgressInterval, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(Processors);
    }
}
