namespace MedR1.Models.Qwen2VL;

/// <summary>Sizes of the vision tower.</summary>
public sealed record Qwen2VLVisionConfiguration
{
    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Attention heads; divides <see cref="Width"/> into heads whose width is a multiple of 4.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Width inside the feed-forward layers.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Width of the features that it gives: the decoder's.</summary>
    public required int OutputSize { get; init; }

    /// <summary>The activation, as configuration files name it.</summary>
    public required string Activation { get; init; }

    /// <summary>Colour channels.</summary>
    /// <value>The default is 3.</value>
    public int ChannelCount { get; init; } = 3;

    /// <summary>Pixels of a patch's side.</summary>
    /// <value>The default is 14.</value>
    public int PatchSize { get; init; } = 14;

    /// <summary>Frames of a patch.</summary>
    /// <value>The default is 2.</value>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Patches of the side of a square that becomes one feature.</summary>
    /// <value>The default is 2.</value>
    public int SpatialMergeSize { get; init; } = 2;

    /// <summary>Base of the rotary frequencies.</summary>
    /// <value>The default is 10,000.</value>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>Standard deviation of matrices at a random start.</summary>
    /// <value>The default is 0.02.</value>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Pixels of the side of an attention window; 0 without windows.</summary>
    /// <value>The default is 0.</value>
    public int WindowSize { get; init; }

    /// <summary>Blocks that attend to the whole picture, where there are windows.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> FullAttentionBlocks { get; init; } = [];

    /// <summary>Positions of a second of a clip; 0 if frames count themselves.</summary>
    /// <value>The default is 0.</value>
    public double TokensPerSecond { get; init; }

    /// <summary>Width of a head.</summary>
    public int HeadSize => Width / HeadCount;

    /// <summary>Values of a patch.</summary>
    public int PatchVectorSize => ChannelCount * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Patches that become one feature.</summary>
    public int MergeUnit => SpatialMergeSize * SpatialMergeSize;
}
