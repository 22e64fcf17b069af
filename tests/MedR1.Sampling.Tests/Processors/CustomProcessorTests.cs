using MedR1.Modeling;
using MedR1.Testing;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class CustomProcessorTests
{
    private static readonly SamplingOptions Options = new() { SamplesPerPrompt = 8, MaxNewTokens = 12, Temperature = 50 };

    // Random weights generate nonsense: the completions are the options only because the processor allows nothing else.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(12)]
    public async Task It_sees_the_prompt_of_a_row_and_the_tokens_drawn_so_far(int mostRows)
    {
        using TinyPolicy policy = Samples.Policy();
        VqaPrompt[] prompts = [Question("Which organ?", "liver", "lung", "left kidney"), Question("Which side?", "left", "right")];
        LocalSampler sampler = new(policy, new LocalSamplerOptions
        {
            MaxRows = mostRows, Processors = [new OptionsOnly(policy.Processor)],
        });
        IReadOnlyList<CompletionGroup> groups = await sampler.DrawAsync(prompts, Options);

        Assert.All(groups, group => Assert.All(group.Completions, completion =>
        {
            Assert.Contains(completion.Text, group.Prompt.Example!.Options);
            Assert.Equal(StopReason.EndToken, completion.StopReason);
        }));
        Assert.All(groups, group => Assert.True(group.Completions.Select(completion => completion.Text).Distinct().Count() > 1));
    }

    private static VqaPrompt Question(string text, params string[] options) => VqaPrompt.Ask(text, Samples.Red) with
    {
        Example = new VqaExample { Id = text, Question = text, Answer = options[0], Options = options },
    };

    private sealed class OptionsOnly(IVisionLanguageProcessor processor) : ILogitsProcessor
    {
        public Tensor Process(Tensor logits, LogitsContext context)
        {
            Tensor left = full_like(logits, float.NegativeInfinity);
            for (int row = 0; row < logits.shape[0]; row++)
            {
                IReadOnlyList<int> said = context.NewTokens[row];
                Assert.Equal(context.NewTokenCounts[row], said.Count);
                long[] next = [.. context.Prompts[row].Example!.Options.Select(processor.EncodeCompletion)
                    .Where(option => option.Take(said.Count).SequenceEqual(said))
                    .Select(option => (long)option[said.Count]).Distinct()];
                Tensor index = tensor(next);
                left.select(0, row).index_copy_(0, index, logits.select(0, row).index_select(0, index));
            }

            return left;
        }
    }
}
