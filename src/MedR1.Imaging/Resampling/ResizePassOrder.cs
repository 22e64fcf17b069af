namespace MedR1.Imaging;

/// <summary>
/// Which axis is resampled first. Both orders round to bytes in between, so the results can differ at hard edges.
/// </summary>
public enum ResizePassOrder
{
    /// <summary>Columns first: Pillow up to 12.3 and torchvision.</summary>
    HorizontalFirst,

    /// <summary>
    /// Pillow 13.0: rows first if the height shrinks by more than twice as many pixels as the width; else columns first.
    /// </summary>
    Pillow13,
}
