using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Reads the group of completions from an answer.</summary>
internal static class GroupReader
{
    /// <summary>Reads a group.</summary>
    /// <exception cref="RemoteSamplingException">The answer isn't what was requested.</exception>
    public static CompletionGroup Read(ServerAnswer answer, SamplingOptions sampling, RemoteSamplerOptions options)
    {
        try
        {
            return ReadChoices(answer, sampling, options);
        }
        catch (UnreadableTextException e)
        {
            // A token may contain only part of a character.
            throw answer.Fail($"a text in the answer is not valid Unicode ({e.Message}).", e);
        }
    }

    private static CompletionGroup ReadChoices(
        ServerAnswer answer, SamplingOptions sampling, RemoteSamplerOptions options)
    {
        JsonElement? root = answer.Json.RootElement;
        IReadOnlyList<JsonElement> choices = root.Member("choices").Items()
            ?? throw answer.Fail("the answer has no choices.");
        if (choices.Count != sampling.SamplesPerPrompt)
        {
            throw answer.Fail($"{sampling.SamplesPerPrompt} choices were requested, but got {choices.Count}.");
        }

        Completion?[] completions = new Completion?[choices.Count];
        for (int i = 0; i < choices.Count; i++)
        {
            int index = ((JsonElement?)choices[i]).Member("index").Integer() ?? i;
            if (index < 0 || index >= completions.Length || completions[index] is not null)
            {
                throw answer.Fail($"choice {i} has index {index}, which is out of range or taken.");
            }

            completions[index] = new ChoiceReader(answer, index, sampling, options).Read(choices[i]);
        }

        if (options.RequireLogProbabilities)
        {
            RequireEveryToken(answer, completions.Sum(completion => completion!.TokenCount));
        }

        // vLLM sends the prompt's ids once, SGLang with each choice.
        IReadOnlyList<int>? promptIds =
            (root.Member("prompt_token_ids") ?? ((JsonElement?)choices[0]).Member("prompt_token_ids")).Integers();
        return new CompletionGroup(answer.Job.Prompt, [.. completions.OfType<Completion>()])
        {
            PromptIndex = answer.Job.Index,
            PromptTokenCount = options.CountsImageTokens
                ? root.Member("usage").Member("prompt_tokens").Integer() ?? promptIds?.Count ?? 0
                : 0,
            PromptTokenIds = options.CountsImageTokens ? promptIds ?? [] : [],
        };
    }

    // llama.cpp omits tokens that end inside a character from the log-probabilities, but counts them.
    private static void RequireEveryToken(ServerAnswer answer, int described)
    {
        JsonElement? root = answer.Json.RootElement;
        if (root.Member("usage").Member("completion_tokens").Integer() is int sampled && described < sampled)
        {
            throw answer.Fail(
                $"the server sampled {sampled} tokens, but sent the log-probabilities of {described}; llama.cpp leaves out tokens that end "
                + "inside a character, so a trainer needs vLLM or SGLang. Without a trainer, set RequireLogProbabilities to false.");
        }
    }
}
