using System.Runtime.CompilerServices;

namespace MedR1.Evaluation;

/// <summary>Passes the questions of a data set to a sampler in batches and checks that the sampler answers each of them.</summary>
internal static class QuestionBatches
{
    /// <summary>The answers to each question, in the order of the data set.</summary>
    public static async IAsyncEnumerable<(VqaExample Example, IReadOnlyList<Completion> Completions)> AskAsync(
        ISampler sampler, IVqaDataset dataset, IPromptTemplate template, SamplingOptions sampling, int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int first = 0;
        foreach (VqaExample[] batch in dataset.Chunk(batchSize))
        {
            VqaPrompt[] prompts = [.. batch.Select((example, i) => Seeded(template.Format(example), sampling, first + i))];
            first += batch.Length;
            int position = 0;
            IAsyncEnumerable<CompletionGroup> groups = sampler.SampleAsync(prompts, sampling, cancellationToken);
            await foreach (CompletionGroup group in groups.ConfigureAwait(false))
            {
                ThrowIfNotExpected(group, prompts, position, sampling.SamplesPerPrompt);
                if (group.Completions.Any(completion => completion.StopReason == StopReason.Cancelled))
                {
                    break;
                }

                yield return (batch[position++], group.Completions);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (position != batch.Length)
            {
                throw new InvalidOperationException($"The sampler answered only {position} of {batch.Length} questions.");
            }
        }
    }

    // Seeds by the question's index in the data set, so that answers do not depend on the batch size.
    private static VqaPrompt Seeded(VqaPrompt prompt, SamplingOptions sampling, int index) => prompt with
    {
        Seed = prompt.Seed ?? (long)SplitMix64.StateAt((ulong)sampling.Seed, (ulong)index),
    };

    private static void ThrowIfNotExpected(CompletionGroup group, VqaPrompt[] prompts, int position, int samples)
    {
        if (position >= prompts.Length || !ReferenceEquals(group.Prompt.Example, prompts[position].Example)
            || group.Completions.Count != samples)
        {
            throw new InvalidOperationException(
                $"The sampler's group {position} has {group.Completions.Count} completions for prompt "
                + $"{group.PromptIndex}; {samples} for prompt {position} of {prompts.Length} were expected.");
        }
    }
}
