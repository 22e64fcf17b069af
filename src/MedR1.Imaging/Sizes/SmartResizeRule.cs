namespace MedR1.Imaging;

/// <summary>
/// The implementation of <c>smart_resize</c> to follow. Both agree for images with sides of at least one factor and a moderate
/// aspect ratio.
/// </summary>
public enum SmartResizeRule
{
    /// <summary>The image processor of transformers 5: no side below one factor when shrinking.</summary>
    Transformers,

    /// <summary>
    /// The package qwen-vl-utils, which evaluation scripts use: sides are at least one factor before shrinking, but possibly not
    /// after.
    /// </summary>
    QwenVlUtils,
}
