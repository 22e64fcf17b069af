namespace MedR1.Modeling;

/// <summary>Checks the tokens of prompts and completions.</summary>
internal static class TokenRules
{
    public static void RequirePrompts(int count)
    {
        if (count == 0)
            throw new InvalidPromptException("No prompt was given; give at least one.");
    }

    public static void Check(PromptLayout layout, EncodedPrompt prompt)
    {
        int context = layout.ContextLength;
        if (prompt.TokenIds.Count == 0)
            throw new InvalidPromptException("The prompt is empty; it needs at least one token.");
        if (prompt.TokenIds.Count > context)
        {
            throw new InvalidPromptException(
                $"The prompt has {prompt.TokenIds.Count} tokens, but the model's context length is {context}. " +
                "Shorten the text, or lower the processor's limit of pixels (MaxPixels), so that images take fewer tokens.");
        }

        CheckRange(layout, prompt.TokenIds, "prompt");
    }

    public static void Check(PromptLayout layout, PackedGroup group)
    {
        int context = layout.ContextLength;
        if (group.Completions.Count == 0)
        {
            throw new InvalidPromptException(
                "A prompt has no completion; give it at least one, or leave it out.");
        }

        foreach (IReadOnlyList<int> completion in group.Completions)
        {
            if (completion.Count == 0)
                throw new InvalidPromptException("A completion is empty; it needs at least its end token.");
            if (group.Prompt.TokenIds.Count + completion.Count > context)
            {
                throw new InvalidPromptException(
                    $"Prompt and completion have {group.Prompt.TokenIds.Count} + {completion.Count} tokens, but the " +
                    $"model's context length is {context}. Lower the number of new tokens, or shorten the prompt.");
            }

            CheckRange(layout, completion, "completion");
        }
    }

    private static void CheckRange(PromptLayout layout, IReadOnlyList<int> tokens, string what)
    {
        int size = layout.VocabularySize;
        for (int place = 0; place < tokens.Count; place++)
        {
            if (tokens[place] < 0 || tokens[place] >= size)
            {
                throw new InvalidPromptException(
                    $"Token {place} of the {what} is {tokens[place]}, but the model has tokens 0 to {size - 1}. " +
                    "Use the model's tokenizer.");
            }
        }
    }
}
