using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Takes prompts in the order of the run and encodes them. The result depends only on the seed and the position.</summary>
internal sealed class PromptTaker(IVisionLanguagePolicy policy, RolloutTrainerParts parts, RolloutTrainerOptions options)
{
    private const int SampleStream = 2;
    private readonly EncodedPromptCache _cache = new(policy.Processor, options.PromptCacheBytes);

    /// <summary>The number of prompts in the data.</summary>
    public int Count => parts.Prompts.Count;

    /// <summary>The number of tokens of the model that answers.</summary>
    public int VocabularySize => policy.VocabularySize;

    /// <summary>Takes prompts starting at a position; prompts above the token limit are skipped and counted.</summary>
    public PromptBatch Take(long position, int count, CancellationToken cancellationToken)
    {
        List<TakenPrompt> taken = [];
        int overlong = 0;
        int overlongInARow = 0;
        for (; taken.Count < count; position++)
        {
            int index = PlaceInOrder.IndexAt(parts.Order, position, parts.Prompts.Count);
            TakenPrompt prompt = TakeAt(
                index, SeedMixer.Mix(options.Seed, position, SampleStream), cancellationToken);
            if (options.MaxPromptTokens is not int limit || prompt.Encoded.TokenIds.Count <= limit)
            {
                Require(prompt);
                taken.Add(prompt);
                overlongInARow = 0;
                continue;
            }

            overlong++;
            if (++overlongInARow >= parts.Prompts.Count)
            {
                throw new InvalidPromptException(
                    $"{overlongInARow} consecutive prompts have more than {limit} tokens, image tokens "
                    + $"included; {NameOf(prompt)} has {prompt.Encoded.TokenIds.Count}. Raise MaxPromptTokens, or use "
                    + "smaller images.");
            }
        }

        return new PromptBatch([.. taken], position, overlong);
    }

    /// <summary>Takes the prompt at an index of the data, with the seed that it had originally.</summary>
    public TakenPrompt TakeAt(int index, long? seed, CancellationToken cancellationToken)
    {
        VqaPrompt prompt = UserCode.Call(() => parts.Prompts[index], $"Prompt {index} of the data") with { Seed = seed };
        try
        {
            return new TakenPrompt(index, prompt, _cache.Encode(index, prompt, cancellationToken));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidPromptException(
                $"{NameOf(index, prompt)} can't be encoded: {ForeignExceptions.MessageOf(exception)} Fix it or leave it out.", exception);
        }
    }

    private void Require(TakenPrompt prompt)
    {
        if (prompt.Encoded.TokenIds.Count >= policy.ContextLength)
        {
            throw new InvalidPromptException(
                $"{NameOf(prompt)} has {prompt.Encoded.TokenIds.Count} tokens, but the model's context length is {policy.ContextLength}, "
                + "answer included. Shorten it, use smaller images, or leave out such prompts: "
                + ".Configure(options => options.MaxPromptTokens = …).");
        }
    }

    /// <summary>The name of a prompt in messages.</summary>
    public static string NameOf(TakenPrompt prompt) => NameOf(prompt.Index, prompt.Prompt);

    private static string NameOf(int index, VqaPrompt prompt) => prompt.Example is VqaExample example
        ? $"Prompt {index} of example '{example.Id}'" : $"Prompt {index}";
}
