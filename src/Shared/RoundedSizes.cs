namespace MedR1;

/// <summary>Rounds sizes up, so that recorded work (such as CUDA graphs) can be reused for similar sizes.</summary>
internal static class RoundedSizes
{
    /// <summary>
    /// The smallest of 1, 2, 3, 4, 6, 8, 12, 16, … that is at least <paramref name="count"/>; at most half more than needed.
    /// </summary>
    public static int AtLeast(int count)
    {
        int size = 1;
        while (size < count)
        {
            size = int.IsPow2(size) && size > 1 ? size / 2 * 3 : int.IsPow2(size) ? 2 : size / 3 * 4;
        }

        return size;
    }
}
