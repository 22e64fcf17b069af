namespace MedR1.Imaging;

/// <summary>
/// Which <c>smart_resize</c> is followed; for images with sides of at least one factor and a reasonable aspect ratio the two agree.
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
