using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>The tokens with which all prompts of a batch begin: they are fed once (<see cref="SharedPrefixPattern"/>).</summary>
internal static class CommonPrefix
{
    // Attention takes the prompts whole, which costs copies of queries, keys and values: a smaller share is not worth them.
    private const int LeastShare = 16;

    /// <summary>How many tokens are to be fed once; 0 where it would not pay.</summary>
    /// <param name="configuration">The tokens that stand for pictures: a prefix ends before the first.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="behind">Tokens that follow the prompts.</param>
    public static int Of(Qwen2VLConfiguration configuration, IReadOnlyList<EncodedPrompt> prompts, int behind)
    {
        if (prompts.Count < 2)
        {
            return 0;
        }

        IReadOnlyList<int> first = prompts[0].TokenIds;

        // Each prompt keeps a token of its own: the one that the next is predicted from.
        int most = prompts.Min(prompt => prompt.TokenIds.Count) - 1;
        int prefix = 0;
        while (prefix < most && !configuration.IsPlaceholder(first[prefix])
            && prompts.All(prompt => prompt.TokenIds[prefix] == first[prefix]))
        {
            prefix++;
        }

        long saved = (long)prefix * (prompts.Count - 1);
        long all = behind + prompts.Sum(prompt => (long)prompt.TokenIds.Count);
        return saved * LeastShare >= all ? prefix : 0;
    }
}
