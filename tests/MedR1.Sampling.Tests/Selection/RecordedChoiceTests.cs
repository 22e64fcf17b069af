using CsCheck;

using MedR1.Models.Qwen2VL;
using MedR1.TestSupport;
using MedR1.Testing;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class RecordedChoiceTests
{
    private const int RowSlots = 7;
    private const int VocabularySize = 260;

    [Fact]
    public void It_equals_the_choice_of_separate_operator_calls()
    {
        Gen.Select(RandomOptions.Generator, Gen.Bool, Gen.Int[0, int.MaxValue]).Sample(
            (options, isGreedy, seed) =>
            {
                Random random = new(seed);
                using ChoiceComparison choices =
                    new(isGreedy ? options with { Temperature = 0 } : options, RowSlots, VocabularySize, CPU);

                // Row counts recur, and there are more of them than recordings are kept; histories grow meanwhile.
                foreach (int rows in (int[])[7, 7, 5, 3, 1, 2, 6, 4, 4, 7, 1])
                {
                    (ChosenToken[] plain, ChosenToken[] recorded, long[] onDevice) = choices.Step(rows, random);
                    Assert.Equal(plain, recorded);
                    Assert.Equal(plain.Select(token => (long)token.Id), onDevice);
                    Assert.All(plain, token => Assert.InRange(token.Id, 0, VocabularySize - 1));
                }
            },
            iter: 100, threads: 1);
    }

    // The recorded choice has a row of logits per row; the plain one computes shared rows once.
    [Fact]
    public void Rows_that_share_logits_choose_as_with_copies()
    {
        Gen.Select(RandomOptions.Generator, Gen.Bool, Gen.Int[1, 6], Gen.Int[0, int.MaxValue]).Sample(
            (options, isGreedy, own, seed) =>
            {
                // In the sampler, sharing rows have equal histories; here each row has its own, so what depends on them is off.
                options = options with { RepetitionPenalty = 1, MinNewTokens = 0 };
                using ChoiceComparison choices =
                    new(isGreedy ? options with { Temperature = 0 } : options, RowSlots, VocabularySize, CPU);
                (ChosenToken[] plain, ChosenToken[] recorded, _) =
                    choices.Step(RowSlots, new Random(seed), logitsRows: own);
                Assert.Equal(recorded, plain);
                Assert.All(plain, token => Assert.InRange(token.Id, 0, VocabularySize - 1));
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void A_row_that_cannot_be_drawn_fails_alone_and_only_once()
    {
        using ChoiceComparison choices =
            new(new SamplingOptions { Temperature = 0.8, TopP = 0.9, RepetitionPenalty = 1.2 }, 6, VocabularySize, CPU);
        Random random = new(3);
        foreach (double value in (double[])[double.NaN, double.NegativeInfinity, double.PositiveInfinity])
        {
            (ChosenToken[] plain, ChosenToken[] recorded, long[] onDevice) = choices.Step(5, random, logits =>
            {
                using Tensor spoilt = logits.select(0, 1).FillInPlace(value);
                return logits;
            });
            Assert.Equal([false, true, false, false, false], recorded.Select(token => token.Id < 0));
            Assert.All(onDevice, token => Assert.InRange(token, 0, VocabularySize - 1));
            Assert.Equal(plain, recorded);

            // Then six rows follow five: the sixth follows one that nobody read.
            (plain, recorded, _) = choices.Step(6, random);
            Assert.All(recorded, token => Assert.InRange(token.Id, 0, VocabularySize - 1));
            Assert.Equal(plain, recorded);
        }
    }

    [Fact]
    public async Task Completions_are_the_same()
    {
        using Qwen2VLPolicy policy = SmallQwen.Create(Qwen2VLFamily.Qwen2VL);
        SamplingOptions drawn = new()
        {
            SamplesPerPrompt = 5, MaxNewTokens = 24, Temperature = 1.2, EndTokenIds = [5], Seed = 4,
        };
        SamplingOptions[] all =
        [
            drawn,
            drawn with { Temperature = 0 },
            drawn with { MinNewTokens = 24, EndTokenIds = [5, 40, 41, 42, 43] },
            drawn with { MinNewTokens = 4, EndTokenIds = [.. Enumerable.Range(0, 30)], TopP = 0.9, TopK = 50 },
            drawn with { RepetitionPenalty = 1.3, MinP = 0.01, SuppressedTokenIds = [7, 8, 9], StopStrings = ["e"] },
        ];
        int[] limits = [1, 3, 13, 256];
        foreach ((SamplingOptions options, int mostRows) in
            all.SelectMany(options => limits.Select(most => (options, most))))
        {
            Completion[] plain = await DrawAsync(policy, options, mostRows, records: false);
            Completion[] recorded = await DrawAsync(policy, options, mostRows, records: true);
            Assert.Equal(20, plain.Length);
            foreach ((Completion left, Completion right) in plain.Zip(recorded))
            {
                Assert.Equal(left.TokenIds, right.TokenIds);
                Assert.Equal(left.LogProbabilities, right.LogProbabilities);
                Assert.Equal(left.ProcessedLogProbabilities, right.ProcessedLogProbabilities);
                Assert.Equal(left.StopReason, right.StopReason);
                Assert.Equal(left.Text, right.Text);
            }
        }
    }

    [Fact]
    public async Task A_custom_processor_still_sees_the_rows()
    {
        using TinyPolicy policy = Samples.Policy();
        FixedTokens processor = new();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { Processors = [processor], RecordsChoices = true });
        SamplingOptions options = new() { SamplesPerPrompt = 3, MaxNewTokens = 5, EndTokenIds = [] };
        IReadOnlyList<CompletionGroup> groups = await sampler.DrawAsync(Samples.Mixed, options);
        Assert.All(
            groups.SelectMany(group => group.Completions),
            completion => Assert.Equal([10, 11, 12, 13, 14], completion.TokenIds));
    }

    private static async Task<Completion[]> DrawAsync(
        Qwen2VLPolicy policy, SamplingOptions options, int mostRows, bool records)
    {
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = mostRows, RecordsChoices = records });
        return [.. (await sampler.DrawAsync(Samples.Mixed, options)).SelectMany(group => group.Completions)];
    }

    /// <summary>Allows each row only the token 10 + the number of tokens that it has drawn.</summary>
    private sealed class FixedTokens : ILogitsProcessor
    {
        public Tensor Process(Tensor logits, LogitsContext context)
        {
            Tensor only = full_like(logits, float.NegativeInfinity);
            for (int row = 0; row < context.NewTokenCounts.Count; row++)
            {
                only[row, 10 + context.NewTokenCounts[row]] = 0f;
            }

            return only;
        }
    }
}
