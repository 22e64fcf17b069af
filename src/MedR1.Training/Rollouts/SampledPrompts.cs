using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Compares the prompts that a sampler used with those of the policy. A server has its own chat template and image limits: without any
/// other sign, completions of a different prompt would be trained as if they answered this one.
/// </summary>
internal static class SampledPrompts
{
    private const string Advice = "Give both the same chat template and the same pixel limits for images; a sampler that "
        + "counts differently, for example without the images, leaves PromptTokenCount at 0 and PromptTokenIds empty "
        + "(RemoteSamplerOptions.CountsImageTokens = false).";

    /// <summary>Compares each prompt as far as the sampler reports it: by its tokens, or else by their number.</summary>
    /// <exception cref="InvalidOperationException">A prompt differs; the message names the first different token.</exception>
    public static void ThrowIfOthers(
        ISampler sampler, IReadOnlyList<CompletionGroup> groups, IReadOnlyList<TakenPrompt> taken, ITextTokenizer tokenizer)
    {
        foreach ((CompletionGroup group, TakenPrompt prompt) in groups.Zip(taken))
        {
            IReadOnlyList<int> own = prompt.Encoded.TokenIds;
            string head = $"The sampler {sampler.GetType().Name} sampled for a prompt";
            if (group.PromptTokenIds is { Count: > 0 } read && !read.SequenceEqual(own))
            {
                int place = read.Zip(own).TakeWhile(pair => pair.First == pair.Second).Count();
                throw new InvalidOperationException(
                    $"{head} that is not the policy's ({PromptTaker.NameOf(prompt)}): its token {place} of {read.Count} is "
                    + $"{NameAt(read, place, tokenizer)}, but the policy's, of {own.Count}, is {NameAt(own, place, tokenizer)}. {Advice}");
            }

            if (group.PromptTokenCount is > 0 and int count && count != own.Count)
            {
                throw new InvalidOperationException(
                    $"{head} of {count} tokens, but the policy's has {own.Count} ({PromptTaker.NameOf(prompt)}). {Advice}");
            }
        }
    }

    private static string NameAt(IReadOnlyList<int> ids, int place, ITextTokenizer tokenizer) => place < ids.Count
        ? $"{ids[place]} ('{tokenizer.Decode([ids[place]], skipSpecialTokens: false)}')"
        : "none (the prompt has ended)";
}
