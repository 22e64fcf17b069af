using System.Runtime.CompilerServices;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Benchmarks.Steps;

/// <summary>The plain form of a rollout: a separate prompt for each completion, nothing shared.</summary>
internal sealed class PlainSampler(LocalSampler sampler) : IEncodedPromptSampler
{
    public IVisionLanguageProcessor Processor => sampler.Processor;

    public IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default) =>
        SampleAsync(prompts, [.. prompts.Select(prompt => Processor.Encode(prompt))], options, cancellationToken);

    public async IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, IReadOnlyList<EncodedPrompt> encoded, SamplingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int samples = options.SamplesPerPrompt;
        List<Completion> drawn = [];
        await foreach (CompletionGroup group in sampler.SampleAsync(
            [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, samples))],
            [.. encoded.SelectMany(prompt => Enumerable.Range(0, samples).Select(_ => PlainPolicy.OwnPrompt(prompt)))],
            options with { SamplesPerPrompt = 1 },
            cancellationToken))
        {
            drawn.Add(group.Completions[0] with { SampleIndex = drawn.Count });
            if (drawn.Count == samples)
            {
                yield return group with { Completions = [.. drawn], PromptIndex = group.PromptIndex / samples };
                drawn.Clear();
            }
        }
    }
}
