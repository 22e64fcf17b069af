namespace MedR1.Datasets;

/// <summary>
/// Views that put the options of choices in another order. Open questions stay as they are, and so do choices with an
/// option that speaks of the others by their places (<c>All of the above</c>, <c>A and B</c>).
/// </summary>
public static class ChoiceExtensions
{
    /// <summary>The same questions with their options in a random order, the same for the same seed everywhere.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">Where the random choices start; each example has choices of its own.</param>
    public static IVqaDataset ShuffleOptions(this IVqaDataset dataset, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new MappedDataset($"{dataset.Name} (options shuffled)", dataset, (index, example) =>
            OptionOrder.IsFree(example)
                ? OptionOrder.Reorder(example, DeterministicRandom.For(seed, index)) : example);
    }

    /// <summary>
    /// The same questions with the right letters gone round evenly: among choices with the same number of options each
    /// letter is right equally often, up to one. A model gains nothing by a favourite letter then.
    /// </summary>
    /// <param name="dataset">The data set; its examples are looked at once here.</param>
    /// <param name="seed">Where the random choices start.</param>
    public static IVqaDataset BalanceLetters(this IVqaDataset dataset, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Dictionary<int, List<int>> byOptionCount = [];
        for (int i = 0; i < dataset.Count; i++)
        {
            VqaExample example = dataset[i];
            if (OptionOrder.IsFree(example))
            {
                int options = example.Options.Count;
                (byOptionCount.TryGetValue(options, out List<int>? list) ? list : byOptionCount[options] = []).Add(i);
            }
        }

        int?[] places = new int?[dataset.Count];
        foreach ((int options, List<int> indices) in byOptionCount.OrderBy(pair => pair.Key))
        {
            int[] shuffled = [.. indices];
            DeterministicRandom random = DeterministicRandom.For(seed, -1 - options);
            random.Shuffle(shuffled.AsSpan());
            for (int i = 0; i < shuffled.Length; i++)
            {
                places[shuffled[i]] = i % options;
            }
        }

        return new MappedDataset($"{dataset.Name} (letters balanced)", dataset, (index, example) =>
            places[index] is int place
                ? OptionOrder.Reorder(example, DeterministicRandom.For(seed, index), place) : example);
    }
}
