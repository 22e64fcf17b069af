namespace MedR1;

/// <summary>The letters that label the options of a multiple-choice question.</summary>
public static class OptionLetters
{
    /// <summary>The number of letters, and thus the maximum number of options of a question.</summary>
    public const int Count = 26;

    /// <summary>The letter of an option.</summary>
    /// <param name="index">The option's index, 0 to 25.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no letter for this index.</exception>
    public static string Of(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return ((char)('A' + index)).ToString();
    }

    /// <summary>
    /// The index of the option with a given letter, or <see langword="null"/> if the text is not a single capital letter.
    /// </summary>
    /// <param name="letter">The text to read.</param>
    public static int? IndexOf(string letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return letter is [>= 'A' and <= 'Z'] ? letter[0] - 'A' : null;
    }
}
