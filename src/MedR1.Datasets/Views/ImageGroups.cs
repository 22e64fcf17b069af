namespace MedR1.Datasets;

/// <summary>
/// Groups examples so that no two groups share a picture; an example with several pictures ties theirs together.
/// </summary>
internal static class ImageGroups
{
    public static List<int>[] Find(IVqaDataset dataset)
    {
        int[] parents = [.. Enumerable.Range(0, dataset.Count)];
        Dictionary<string, int> firstWithImage = new(StringComparer.Ordinal);
        for (int i = 0; i < dataset.Count; i++)
        {
            foreach (IImageSource image in dataset[i].Images)
            {
                if (!firstWithImage.TryAdd(KeyOf(image), i))
                {
                    Join(parents, i, firstWithImage[KeyOf(image)]);
                }
            }
        }

        return [.. Enumerable.Range(0, dataset.Count).GroupBy(i => Root(parents, i)).Select(group => group.ToList())];
    }

    private static string KeyOf(IImageSource image) =>
        image is FileImageSource file ? Path.GetFullPath(file.Path) : image.Name;

    private static void Join(int[] parents, int first, int second)
    {
        int a = Root(parents, first);
        int b = Root(parents, second);
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(int[] parents, int item)
    {
        while (parents[item] != item)
        {
            parents[item] = parents[parents[item]];
            item = parents[item];
        }

        return item;
    }
}
