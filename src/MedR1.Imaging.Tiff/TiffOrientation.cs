using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>Turns an image as its orientation says, which Pillow does for TIFF, though not for other formats.</summary>
internal static class TiffOrientation
{
    /// <summary>The image with its first row on top and its first column on the left.</summary>
    /// <param name="page">The page that the pixels are of.</param>
    /// <param name="rgba"><c>[height, width, 4]</c> bytes as stored.</param>
    public static (int Width, int Height, byte[] Rgba) Apply(TiffPage page, byte[] rgba)
    {
        if (page.Orientation is <= Orientation.TOPLEFT or > Orientation.LEFTBOT)
        {
            return (page.Width, page.Height, rgba);
        }

        bool isTurned = page.Orientation >= Orientation.LEFTTOP;
        bool fromRight = page.Orientation is Orientation.TOPRIGHT or Orientation.BOTRIGHT or Orientation.RIGHTTOP or Orientation.RIGHTBOT;
        bool fromBottom = page.Orientation is Orientation.BOTRIGHT or Orientation.BOTLEFT or Orientation.RIGHTBOT or Orientation.LEFTBOT;
        (int width, int height) = isTurned ? (page.Height, page.Width) : (page.Width, page.Height);
        byte[] turned = new byte[rgba.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                // In a turned image, the stored rows run along x and the stored columns along y.
                (int column, int row) = isTurned ? (y, x) : (x, y);
                (column, row) = isTurned
                    ? (fromBottom ? page.Width - 1 - column : column, fromRight ? page.Height - 1 - row : row)
                    : (fromRight ? page.Width - 1 - column : column, fromBottom ? page.Height - 1 - row : row);
                rgba.AsSpan((row * page.Width + column) * 4, 4).CopyTo(turned.AsSpan((y * width + x) * 4));
            }
        }

        return (width, height, turned);
    }
}
