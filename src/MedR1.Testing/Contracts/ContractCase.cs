using System.Globalization;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>A policy to check, with prompts, completions for them, and comparisons.</summary>
internal sealed class ContractCase
{
    private const int SamplesPerPrompt = 3;

    private readonly double _tolerance;

    public ContractCase(IVisionLanguagePolicy policy, IReadOnlyList<EncodedPrompt> prompts, double tolerance, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompts.Count, 2, nameof(prompts));
        int longest = prompts.Max(prompt => prompt.TokenIds.Count);
        if (longest + PolicyContract.CompletionTokens > policy.ContextLength)
        {
            throw new ArgumentException(
                $"A prompt has {longest} tokens, and {PolicyContract.CompletionTokens} more don't fit the context of "
                + $"{policy.ContextLength}; give shorter prompts.",
                nameof(prompts));
        }

        _tolerance = tolerance;
        Policy = policy;
        Prompts = [.. prompts];
        PromptCapacity = longest;
        Random random = new((int)seed);
        int[] tokens = [.. Enumerable.Range(0, Math.Min(policy.VocabularySize, policy.Processor.Tokenizer.VocabularySize))
            .Except(policy.SuppressedTokenIds)];
        Groups = [.. Prompts.Select((prompt, group) => new PackedGroup(prompt, [.. Enumerable.Range(0, SamplesPerPrompt)
            .Select(sample => Enumerable.Range(0, LengthOf((group * SamplesPerPrompt) + sample))
                .Select(_ => tokens[random.Next(tokens.Length)]).ToArray())]))];
    }

    public IVisionLanguagePolicy Policy { get; }

    public EncodedPrompt[] Prompts { get; }

    public int PromptCapacity { get; }

    /// <summary>The prompts with completions of one token and more.</summary>
    public PackedGroup[] Groups { get; }

    public TokenStatisticsOptions Plain { get; } = new();

    /// <summary>The numbers of a tensor.</summary>
    public static float[] Values(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. tensor.detach().to(ScalarType.Float32).cpu().contiguous().data<float>()];
    }

    /// <summary>The log-probabilities of completions, computed without gradient.</summary>
    public float[] LogProbabilities(IVisionLanguagePolicy policy, params IReadOnlyList<PackedGroup> groups)
    {
        using IDisposable guard = no_grad();
        using TokenStatistics statistics = policy.TokenLogProbabilities(groups, Plain);
        return Values(statistics.LogProbabilities);
    }

    public static void RequireShape(string what, Tensor tensor, params long[] expected) => Require(
        tensor.shape.SequenceEqual(expected),
        $"{what} has shape [{string.Join(", ", tensor.shape)}], expected [{string.Join(", ", expected)}].");

    public static void Require(bool isMet, string message)
    {
        if (!isMet)
        {
            throw new ContractBreach(message);
        }
    }

    public void RequireNear(string what, IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        Require(expected.Count == actual.Count, $"{what}: {actual.Count} numbers, expected {expected.Count}.");
        for (int place = 0; place < expected.Count; place++)
        {
            double size = Math.Max(1, Math.Abs((double)expected[place]));
            Require(
                Math.Abs((double)expected[place] - actual[place]) <= _tolerance * size,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: number {place} of {expected.Count} is {actual[place]}, expected {expected[place]}."));
        }
    }

    private static int LengthOf(int row) => 1 + (row * 5 % PolicyContract.CompletionTokens);
}
