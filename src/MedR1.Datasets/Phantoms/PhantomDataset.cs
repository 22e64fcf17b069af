namespace MedR1.Datasets;

/// <summary>
/// Questions about synthetic images (<see cref="PhantomGenerator"/>). An example's metadata contains <c>family</c> (the name of the
/// fact asked about) and <c>synthetic</c>, and its data set's name says that it is synthetic. Right letters are distributed evenly
/// among questions with the same number of options.
/// </summary>
public static class PhantomDataset
{
    /// <summary>The name of the data set in each example.</summary>
    public const string DatasetName = "MedR1 Synthetic Phantoms";

    private const int MostOptions = 4;

    /// <summary>Multiple-choice questions: one for each fact of each image; questions about the same image are consecutive.</summary>
    /// <param name="imageCount">Number of images; each takes <paramref name="imageSize"/>² × 3 bytes of memory.</param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="imageSize">Width and height in pixels.</param>
    /// <param name="families">The families, taken in turn; all if none is given.</param>
    public static IVqaDataset Create(
        int imageCount, long seed, int imageSize = 112, params PhantomFamily[] families)
    {
        DeterministicRandom random = DeterministicRandom.For(seed, -1);
        int[] turns = [.. Enumerable.Range(0, MostOptions + 1).Select(count => count < 2 ? 0 : random.Below(count))];
        return new InMemoryDataset(
            $"synthetic phantoms (seed {seed})",
            Phantoms(imageCount, seed, imageSize, families).SelectMany(phantom => phantom.Facts.Select(
                fact => AskWithOptions(phantom, fact, random, optionCount => turns[optionCount]++ % optionCount))));
    }

    /// <summary>
    /// Multiple-choice questions about one family whose text gives nothing away: each answer to a fact is right equally often, and
    /// so is each letter. No question asks about the kind of phantom, which is the same in all images.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <param name="imageCount">
    /// Number of images, a multiple of each fact's number of answers; each takes <paramref name="imageSize"/>² × 3 bytes of memory.
    /// </param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="imageSize">Width and height in pixels.</param>
    /// <exception cref="ArgumentException">With this number of images the answers can't be right equally often.</exception>
    public static IVqaDataset CreateBalanced(
        PhantomFamily family, int imageCount, long seed, int imageSize = 112)
    {
        DeterministicRandom random = DeterministicRandom.For(seed, -3);
        Dictionary<string, int> turns = [];
        List<VqaExample> examples = [];
        foreach (PhantomImage phantom in BalancedPhantoms.Draw(family, imageCount, seed, imageSize))
        {
            foreach (PhantomFact fact in phantom.Facts.Where(BalancedPhantoms.IsAsked))
            {
                examples.Add(AskWithOptions(phantom, fact, random, optionCount =>
                {
                    int turn = turns.TryGetValue(fact.Name, out int next) ? next : random.Below(optionCount);
                    turns[fact.Name] = turn + 1;
                    return turn % optionCount;
                }));
            }
        }

        return new InMemoryDataset($"synthetic phantoms, {family}, balanced (seed {seed})", examples);
    }

    /// <summary>Open questions: each fact of each image, answered in words.</summary>
    /// <param name="imageCount">Number of images; each takes <paramref name="imageSize"/>² × 3 bytes of memory.</param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="imageSize">Width and height in pixels.</param>
    /// <param name="families">The families, taken in turn; all if none is given.</param>
    public static IVqaDataset CreateOpenQuestions(
        int imageCount, long seed, int imageSize = 112, params PhantomFamily[] families)
    {
        DeterministicRandom random = DeterministicRandom.For(seed, -2);
        return new InMemoryDataset(
            $"synthetic phantoms, open questions (seed {seed})",
            Phantoms(imageCount, seed, imageSize, families)
                .SelectMany(phantom => phantom.Facts.Select(fact => Ask(phantom, fact, random))));
    }

    /// <summary>One open question per image: its caption, which states all facts.</summary>
    /// <param name="imageCount">Number of images; each takes <paramref name="imageSize"/>² × 3 bytes of memory.</param>
    /// <param name="seed">The seed of the random choices.</param>
    /// <param name="imageSize">Width and height in pixels.</param>
    /// <param name="families">The families, taken in turn; all if none is given.</param>
    public static IVqaDataset CreateCaptions(
        int imageCount, long seed, int imageSize = 112, params PhantomFamily[] families) =>
            new InMemoryDataset(
            $"synthetic phantoms, captions (seed {seed})",
            Phantoms(imageCount, seed, imageSize, families).Select(phantom => Example(
                phantom, "phantom_caption", "Describe this phantom.", phantom.Caption,
                QuestionType.OtherBiologicalAttributes)));

    private static List<PhantomImage> Phantoms(
        int imageCount, long seed, int imageSize, PhantomFamily[] families)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imageCount);
        ArgumentNullException.ThrowIfNull(families);
        PhantomFamily[] wanted = families.Length > 0 ? families : [.. PhantomGenerator.Families];
        List<PhantomImage> phantoms = new(imageCount);
        for (int i = 0; i < imageCount; i++)
        {
            phantoms.Add(PhantomGenerator.Create(wanted[i % wanted.Length], ImageSeed(seed, i), imageSize));
        }

        return phantoms;
    }

    // Not seed + index, with which data sets of adjacent seeds would share images.
    internal static long ImageSeed(long seed, int index) => (long)(DeterministicRandom.For(seed, index).NextBits() >> 1);

    private static VqaExample AskWithOptions(
        PhantomImage phantom, PhantomFact fact, DeterministicRandom random, Func<int, int> placeOf)
    {
        int optionCount = Math.Min(MostOptions, fact.Choices.Count);
        string[] others = [.. fact.Choices.Where(choice => choice != fact.Answer)];
        random.Shuffle(others.AsSpan());
        List<string> options = [.. others.Take(optionCount - 1)];
        int answer = placeOf(optionCount);
        options.Insert(answer, fact.Answer);
        return Ask(phantom, fact, random) with { Options = options, AnswerIndex = answer };
    }

    private static VqaExample Ask(PhantomImage phantom, PhantomFact fact, DeterministicRandom random) =>
        Example(phantom, fact.Name, random.Pick(fact.Questions), fact.Answer, fact.QuestionType);

    private static VqaExample Example(
        PhantomImage phantom, string family, string question, string answer, QuestionType type) => new()
    {
        Id = $"{phantom.Image.Name}/{family}",
        Question = question,
        Answer = answer,
        Images = [phantom.Image],
        Modality = phantom.Modality,
        QuestionType = type,
        Dataset = DatasetName,
        Metadata = new Dictionary<string, string>(2) { ["family"] = family, ["synthetic"] = "true" },
    };
}
