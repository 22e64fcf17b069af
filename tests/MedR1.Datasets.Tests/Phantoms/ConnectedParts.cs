namespace MedR1.Datasets.Tests;

/// <summary>
/// Counts the connected components of the pixels of a gray image that meet a condition, ignoring specks of a few pixels.
/// </summary>
internal static class ConnectedParts
{
    private const int Speck = 12;

    public static int Count(RgbImage image, Func<byte, bool> condition)
    {
        bool[] open = new bool[image.Width * image.Height];
        for (int i = 0; i < open.Length; i++)
        {
            open[i] = condition(image.Pixels.Span[i * 3]);
        }

        int parts = 0;
        for (int i = 0; i < open.Length; i++)
        {
            parts += open[i] && Flood(open, image.Width, i) > Speck ? 1 : 0;
        }

        return parts;
    }

    private static int Flood(bool[] open, int width, int start)
    {
        Stack<int> pending = new([start]);
        int size = 0;
        while (pending.TryPop(out int i))
        {
            if (i < 0 || i >= open.Length || !open[i])
            {
                continue;
            }

            open[i] = false;
            size++;
            pending.Push(i - width);
            pending.Push(i + width);
            pending.Push(i % width > 0 ? i - 1 : -1);
            pending.Push(i % width < width - 1 ? i + 1 : -1);
        }

        return size;
    }
}
