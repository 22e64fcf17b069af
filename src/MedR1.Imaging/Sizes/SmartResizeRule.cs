namespace MedR1.Imaging;

/// <summary>
/// Whose <c>smart_resize</c> is followed; for pictures of at least one factor a side and a sane ratio the two agree.
/// </summary>
public enum SmartResizeRule
{
    /// <summary>The image processor of transformers 5: no side below one factor when shrinking.</summary>
    Transformers,

    /// <summary>
    /// The package qwen-vl-utils, which evaluation scripts use: at least one factor a side before shrinking, but none
    /// after.
    /// </summary>
    QwenVlUtils,
}
