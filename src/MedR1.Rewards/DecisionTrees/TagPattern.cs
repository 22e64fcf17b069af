using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Replaces think and answer tags by sentence ends.</summary>
internal static partial class TagPattern
{
    public static string Remove(string text) => Tags().Replace(text, " . ");

    [GeneratedRegex("</?(?:think|answer)>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Tags();
}
