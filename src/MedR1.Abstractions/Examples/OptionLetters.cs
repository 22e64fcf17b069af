namespace MedR1;

/// <summary>The letters that name the options of a choice.</summary>
public static class OptionLetters
{
    /// <summary>How many letters there are.</summary>
    internal const int Count = 26;

    /// <summary>The letter of an option.</summary>
    /// <param name="index">The option's place, 0 to 25.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no letter for this place.</exception>
    public static string Of(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return ((char)('A' + index)).ToString();
    }

    /// <summary>The place of an option by its letter, or <see langword="null"/> if the text is not one capital letter.</summary>
    /// <param name="letter">The text to read.</param>
    public static int? IndexOf(string letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return letter is [>= 'A' and <= 'Z'] ? letter[0] - 'A' : null;
    }
}
