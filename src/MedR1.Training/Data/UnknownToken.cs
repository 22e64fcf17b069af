namespace MedR1.Training;

/// <summary>
/// Finds tokens that a policy does not have: native code would fail on them in the update, and on a GPU make the device unusable for the
/// whole process.
/// </summary>
internal static class UnknownToken
{
    /// <summary>The first token outside the vocabulary; <see langword="null"/> if there is none.</summary>
    public static int? FirstIn(IEnumerable<int> tokens, int vocabularySize)
    {
        foreach (int token in tokens)
        {
            if (token < 0 || token >= vocabularySize)
                return token;
        }

        return null;
    }
}
