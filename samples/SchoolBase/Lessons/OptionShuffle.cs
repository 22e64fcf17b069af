namespace MedR1.Samples.SchoolBase;

/// <summary>Options in a random order, the place of the right one drawn evenly.</summary>
internal static class OptionShuffle
{
    /// <summary>Draws wrong options and puts the right one among them.</summary>
    /// <returns>The options and the place of the right one.</returns>
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
