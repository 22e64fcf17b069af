namespace MedR1.Models.Qwen2VL;

/// <summary>Sizes of the vision tower.</summary>
public sealed record Qwen2VLVisionConfiguration
{
    /// <summary>The number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>The number of attention heads; divides <see cref="Width"/> into heads whose width is a multiple of 4.</summary>
    public required int HeadCount { get; init; }

    /// <summary>The inner width of the feed-forward layers.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>The width of the output features, equal to that of the decoder.</summary>
    public required int OutputSize { get; init; }

    /// <summary>The activation, as named in configuration files.</summary>
    public required string Activation { get; init; }

    /// <summary>The number of color channels.</summary>
    /// <value>The default is 3.</value>
    public int ChannelCount { get; init; } = 3;

    /// <summary>The side of a patch in pixels.</summary>
    /// <value>The default is 14.</value>
    public int PatchSize { get; init; } = 14;

    /// <summary>The number of frames in a patch.</summary>
    /// <value>The default is 2.</value>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>The side, in patches, of the square that becomes one feature.</summary>
    /// <value>The default is 2.</value>
    public int SpatialMergeSize { get; init; } = 2;

    /// <summary>The base of the rotary frequencies.</summary>
    /// <value>The default is 10,000.</value>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>The standard deviation of randomly initialized matrices.</summary>
    /// <value>The default is 0.02.</value>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The side of an attention window in pixels; 0 without windows.</summary>
    /// <value>The default is 0.</value>
    public int WindowSize { get; init; }

    /// <summary>The blocks with full attention, if the others use windows.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> FullAttentionBlocks { get; init; } = [];

    /// <summary>The number of positions per second of a clip; 0 to count frames instead.</summary>
    /// <value>The default is 0.</value>
    public double TokensPerSecond { get; init; }

    /// <summary>The width of a head.</summary>
    public int HeadSize => Width / HeadCount;

    /// <summary>The number of values in a patch.</summary>
    public int PatchVectorSize => ChannelCount * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>The number of patches that become one feature.</summary>
    public int MergeUnit => SpatialMergeSize * SpatialMergeSize;
}
