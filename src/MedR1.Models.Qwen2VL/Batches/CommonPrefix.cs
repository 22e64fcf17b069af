using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>The tokens with which all prompts of a batch begin: they are fed once (<see cref="SharedPrefixPattern"/>).</summary>
internal static class CommonPrefix
{
    // Attention needs the prompts whole, which costs copies of queries, keys and values: a smaller share is not worth them.
    private const int MinShare = 16;

    /// <summary>How many tokens are to be fed once; 0 where it would not pay.</summary>
    /// <param name="configuration">Which tokens stand for images, and how many for each.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="behind">Tokens that follow the prompts.</param>
    public static int Of(Qwen2VLConfiguration configuration, IReadOnlyList<EncodedPrompt> prompts, int behind)
    {
        if (prompts.Count < 2)
        {
            return 0;
        }

        int prefix = LengthOf(configuration, prompts);
        long saved = (long)prefix * (prompts.Count - 1);
        long all = behind + prompts.Sum(prompt => (long)prompt.TokenIds.Count);
        return saved * MinShare >= all ? prefix : 0;
    }

    /// <summary>How many tokens all begin with, each but for its last: that is the one from which the next is predicted.</summary>
    public static int LengthOf(Qwen2VLConfiguration configuration, IReadOnlyList<EncodedPrompt> prompts)
    {
        EncodedPrompt first = prompts[0];
        int most = prompts.Min(prompt => prompt.TokenIds.Count) - 1;
        int image = 0, restOfImage = 0, prefix = 0;
        while (prefix < most && prompts.All(prompt => prompt.TokenIds[prefix] == first.TokenIds[prefix]))
        {
            if (configuration.IsPlaceholder(first.TokenIds[prefix]))
            {
                // Placeholders are all alike: what differs is the image they stand for.
                if (restOfImage == 0)
                {
                    if (!AllHave(prompts, image))
                    {
                        break;
                    }

                    restOfImage = first.Images[image++].Grid.PatchCount / configuration.Vision.MergeUnit;
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
