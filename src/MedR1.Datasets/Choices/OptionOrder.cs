using System.Text.RegularExpressions;

namespace MedR1.Datasets;

/// <summary>Reorders the options of a multiple-choice question.</summary>
internal static partial class OptionOrder
{
    /// <summary>
    /// Whether the order may change: the question is multiple-choice and no option refers to other options by their position.
    /// </summary>
    public static bool IsFree(VqaExample example) =>
        example.AnswerIndex is not null && example.Options.Count > 1 && !example.Options.Any(SpeaksOfOthers().IsMatch);

    /// <summary>The example with its options in a random order, or with the right one in a given position.</summary>
    public static VqaExample Reorder(VqaExample example, DeterministicRandom random, int? rightPlace = null)
    {
        int right = example.AnswerIndex!.Value;
        int[] order = [.. Enumerable.Range(0, example.Options.Count)];
        random.Shuffle(order.AsSpan());
        if (rightPlace is int place)
        {
            int now = Array.IndexOf(order, right);
            (order[now], order[place]) = (order[place], order[now]);
        }

        return example with
        {
            Options = [.. order.Select(index => example.Options[index])],
            AnswerIndex = Array.IndexOf(order, right),
        };
    }

    // 'both' alone is not matched: 'Both lungs' refers to no other option.
    [GeneratedRegex(
        @"\b(above|below|these|those|others?)\W*$|\b[A-F] (and|or|nor|&) [A-F]\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SpeaksOfOthers();
}
