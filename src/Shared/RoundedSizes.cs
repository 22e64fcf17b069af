namespace MedR1;

/// <summary>Sizes for which work is recorded.</summary>
internal static class RoundedSizes
{
    /// <summary>The next of 1, 2, 3, 4, 6, 8, 12, 16, …: at most half more than needed.</summary>
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
