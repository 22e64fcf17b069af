using CsCheck;

using MedR1.Modeling;
using MedR1.Testing;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class LogProbabilityTests
{
    private static readonly Gen<SamplingOptions> Options = Gen.Select(
        Gen.Double[0.3, 2],
        Gen.Int[0, 40],
        Gen.Double[0.3, 1],
        Gen.Double[0, 0.2],
        Gen.Double[0.8, 1.4],
        Gen.Int[0, 4],
        Gen.Int[0, 255].Array[0, 5],
        (temperature, topK, topP, minP, penalty, minNewTokens, suppressed) => new SamplingOptions
        {
            SamplesPerPrompt = 3,
            MaxNewTokens = 9,
            Temperature = temperature,
            TopK = topK == 0 ? null : topK,
            TopP = topP > 0.9 ? 1 : topP,
            MinP = minP < 0.05 ? null : minP,
            RepetitionPenalty = penalty is > 0.9 and < 1.1 ? 1 : penalty,
            MinNewTokens = minNewTokens,
            SuppressedTokenIds = suppressed,
            Seed = topK,
        });

    [Fact]
    public void Are_those_of_the_trainers_forward_pass_whatever_the_options()
    {
        using TinyPolicy policy = Samples.Policy();
        Options.Sample(
            options =>
            {
                IReadOnlyList<CompletionGroup> groups =
                    new LocalSampler(policy).DrawAsync(Samples.Mixed, options).GetAwaiter().GetResult();
                (float[] drawn, float[] trained) = Compare(policy, groups, options.Temperature, options.SuppressedTokenIds);
                for (int i = 0; i < drawn.Length; i++)
                {
                    Assert.Equal(trained[i], drawn[i], 2e-5f);
                }
            },
            iter: 40,
            threads: 1,
            seed: "0000KoU4IMO7");
    }

    [Fact]
    public async Task Of_the_likeliest_tokens_are_those_at_temperature_one_and_the_draw_is_certain()
    {
        using TinyPolicy policy = Samples.Policy();
        SamplingOptions options = new() { Temperature = 0, MaxNewTokens = 9 };
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(Samples.Mixed, options);
        (float[] drawn, float[] trained) = Compare(policy, groups, 1, []);

        for (int i = 0; i < drawn.Length; i++)
        {
            Assert.Equal(trained[i], drawn[i], 2e-5f);
        }

        Assert.All(groups.SelectMany(group => group.Completions).SelectMany(completion => completion.DrawnLogProbabilities),
            value => Assert.Equal(0f, value));
    }

    [Fact]
    public async Task Without_truncation_both_distributions_are_one()
    {
        using TinyPolicy policy = Samples.Policy();
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(
            Samples.Mixed, new SamplingOptions { SamplesPerPrompt = 2, MaxNewTokens = 9, Temperature = 0.7 });
        Assert.All(groups.SelectMany(group => group.Completions), completion =>
            Assert.Equal(completion.LogProbabilities, completion.DrawnLogProbabilities));
    }

    [Fact]
    public async Task Under_truncation_the_draw_is_surer()
    {
        using TinyPolicy policy = Samples.Policy();
        IReadOnlyList<CompletionGroup> groups = await new LocalSampler(policy).DrawAsync(
            Samples.Mixed, new SamplingOptions { SamplesPerPrompt = 4, MaxNewTokens = 9, TopK = 2 });
        float[] drawn = [.. groups.SelectMany(group => group.Completions).SelectMany(completion => completion.DrawnLogProbabilities)];
        float[] plain = [.. groups.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities)];
        Assert.All(drawn.Zip(plain), pair => Assert.True(pair.First > pair.Second, $"{pair.First} is not above {pair.Second}"));
    }

    private static (float[] Drawn, float[] Trained) Compare(
        TinyPolicy policy, IReadOnlyList<CompletionGroup> groups, double temperature, IReadOnlyList<int> suppressed)
    {
        using IDisposable guard = no_grad();
        PackedGroup[] packed = [.. groups.Select(group => new PackedGroup(
            policy.Processor.Encode(group.Prompt), [.. group.Completions.Select(completion => completion.TokenIds)]))];
        using TokenStatistics statistics = policy.TokenLogProbabilities(packed, new TokenStatisticsOptions
        {
            Temperature = temperature,
            SuppressedTokenIds = [.. policy.SuppressedTokenIds.Concat(suppressed).Distinct()],
        });
        using Tensor selected = statistics.LogProbabilities.masked_select(statistics.Mask);
        float[] drawn = [.. groups.SelectMany(group => group.Completions).SelectMany(completion => completion.LogProbabilities)];
        float[] trained = selected.data<float>().ToArray();
        Assert.Equal(trained.Length, drawn.Length);
        return (drawn, trained);
    }
}
