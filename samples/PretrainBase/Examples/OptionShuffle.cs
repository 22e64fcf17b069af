namespace MedR1.Samples.PretrainBase;

/// <summary>Puts options in a random order, with a uniformly drawn position of the right one.</summary>
internal static class OptionShuffle
{
    /// <summary>Draws wrong options and inserts the right one.</summary>
    /// <returns>The options and the index of the right one.</returns>
    public static (IReadOnlyList<string> Options, int Answer) Draw(Random random, string right, IReadOnlyList<string> others, int count)
    {
        string[] wrong = [.. others.Where(option => option != right).Distinct()];
        random.Shuffle(wrong);
        List<string> options = [.. wrong.Take(count - 1)];
        int answer = random.Next(options.Count + 1);
        options.Insert(answer, right);
        return (options, answer);
    }
}
