namespace MedR1.Datasets;

/// <summary>
/// Views that reorder the options of multiple-choice questions. Open questions are left unchanged, and so are questions with an
/// option that refers to other options by their position (<c>All of the above</c>, <c>A and B</c>).
/// </summary>
public static class ChoiceExtensions
{
    /// <summary>The same questions with their options in a random order, which is the same for the same seed on every machine.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">The seed of the random choices, which are independent for each example.</param>
    public static IVqaDataset ShuffleOptions(this IVqaDataset dataset, long seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new MappedDataset($"{dataset.Name} (options shuffled)", dataset, (index, example) =>
            OptionOrder.IsFree(example)
                ? OptionOrder.Reorder(example, DeterministicRandom.For(seed, index)) : example);
    }

    /// <summary>
    /// The same questions with the right letters distributed evenly: among questions with the same number of options each letter is
    /// right equally often, to within one. A model then gains nothing by favouring a letter.
    /// </summary>
    /// <param name="dataset">The data set; its examples are read once by this call.</param>
    /// <param name="seed">The seed of the random choices.</param>
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
