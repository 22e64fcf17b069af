namespace MedR1.Datasets;

/// <summary>Chooses images of a family so that each answer to a fact is true of equally many images.</summary>
internal static class BalancedPhantoms
{
    // The last image must have one particular answer to every fact, which about one candidate in 32 has, so this many are never
    // needed as long as facts are drawn independently.
    private const int MostCandidates = 1000;

    public static IEnumerable<PhantomImage> Draw(PhantomFamily family, int imageCount, long seed, int imageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imageCount);
        Dictionary<(string Fact, string Answer), int> left = Quotas(family, imageCount);
        int drawn = 0;
        for (int candidate = 0, since = 0; drawn < imageCount; candidate++, since++)
        {
            if (since == MostCandidates)
            {
                throw new InvalidOperationException(
                    $"None of {MostCandidates} phantoms of {family} has the answers that remain after {drawn} of {imageCount} "
                    + "images: the family's facts depend on each other.");
            }

            // An image's facts don't depend on its size, so a small one suffices to decide whether to draw the large one.
            long imageSeed = PhantomDataset.ImageSeed(seed, candidate);
            (string Fact, string Answer)[] answers =
            [
                .. PhantomGenerator.Create(family, imageSeed, PhantomGenerator.MinImageSize).Facts.Where(IsAsked)
                    .Select(fact => (fact.Name, fact.Answer)),
            ];
            if (answers.All(answer => left[answer] > 0))
            {
                foreach ((string Fact, string Answer) answer in answers)
                {
                    left[answer]--;
                }

                drawn++;
                since = 0;
                yield return PhantomGenerator.Create(family, imageSeed, imageSize);
            }
        }
    }

    /// <summary>
    /// Whether a question about the fact is asked. The kind is excluded: it is the same for all images of a family.
    /// </summary>
    public static bool IsAsked(PhantomFact fact) => fact.Name != PhantomGenerator.KindFact;

    private static Dictionary<(string Fact, string Answer), int> Quotas(PhantomFamily family, int imageCount)
    {
        Dictionary<(string Fact, string Answer), int> quotas = [];
        foreach (PhantomFact fact in
            PhantomGenerator.Create(family, 0, PhantomGenerator.MinImageSize).Facts.Where(IsAsked))
        {
            if (imageCount % fact.Choices.Count != 0)
            {
                throw new ArgumentException(
                    $"{imageCount} images can't have each of the {fact.Choices.Count} answers to '{fact.Name}' equally often. "
                    + $"Give a multiple of {fact.Choices.Count}.",
                    nameof(imageCount));
            }

            foreach (string answer in fact.Choices)
            {
                quotas[(fact.Name, answer)] = imageCount / fact.Choices.Count;
            }
        }

        return quotas;
    }
}
