namespace MedR1.Modeling;

/// <summary>Finds the common prefix of the prompts of a batch, which is computed once (<see cref="SharedPrefixPattern"/>).</summary>
internal static class CommonPrefix
{
    // Attention expands the prefix by copying queries, keys and values, which pays if at least one token in so many is saved.
    private const int MostTokensPerSaved = 16;

    /// <summary>Returns the number of tokens to store once; 0 if sharing does not pay.</summary>
    /// <param name="layout">The layout, for the placeholders of images.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="behind">The number of tokens that follow the prompts.</param>
    public static int Of(PromptLayout layout, IReadOnlyList<EncodedPrompt> prompts, int behind)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count < 2)
        {
            return 0;
        }

        int prefix = LengthOf(layout, prompts);
        long saved = (long)prefix * (prompts.Count - 1);
        long all = behind + prompts.Sum(prompt => (long)prompt.TokenIds.Count);
        return saved * MostTokensPerSaved >= all ? prefix : 0;
    }

    /// <summary>
    /// Returns the length of the common prefix, excluding the last token of each prompt, from which the next token is predicted.
    /// </summary>
    public static int LengthOf(PromptLayout layout, IReadOnlyList<EncodedPrompt> prompts)
    {
        EncodedPrompt first = prompts[0];
        int most = prompts.Min(prompt => prompt.TokenIds.Count) - 1;
        int image = 0, restOfImage = 0, prefix = 0;
        while (prefix < most && prompts.All(prompt => prompt.TokenIds[prefix] == first.TokenIds[prefix]))
        {
            if (layout.IsPlaceholder(first.TokenIds[prefix]))
            {
                // Placeholders of different images are equal tokens, so the images are compared.
                if (restOfImage == 0)
                {
                    if (!AllHave(prompts, image))
                    {
                        break;
                    }

                    restOfImage = layout.PositionsOf(first.Images[image++]).TokenCount;
                }

                restOfImage--;
            }

            prefix++;
        }

        return prefix;
    }

    private static bool AllHave(IReadOnlyList<EncodedPrompt> prompts, int image) => prompts.All(
        prompt => image < prompt.Images.Count && EncodedImage.ByContent.Equals(prompt.Images[image], prompts[0].Images[image]));
}
