using System.Globalization;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Turns supervised examples into tokens; uses no tensors, so that it may run in parallel with training.</summary>
internal sealed class ExampleEncoder(IVisionLanguagePolicy policy, SftTrainerOptions options)
{
    private readonly EncodedPromptCache _cache = new(policy.Processor, options.PromptCacheBytes);
    private readonly int[] _behind = options.TextAfterAnswer.Length == 0
        ? [] : [.. policy.Processor.Tokenizer.Encode(options.TextAfterAnswer)];

    public EncodedExample Encode(SupervisedExample example, int index, CancellationToken cancellationToken)
    {
        if (example is null)
        {
            throw new InvalidDataException($"Example {index} is null; leave it out.");
        }

        EncodedExample encoded = example.Sequence is EncodedPrompt sequence
            ? new EncodedExample(sequence, null, WeightsBehindFirst(example.SequenceWeights, sequence.TokenIds.Count))
            : EncodeAnswer(example, index, cancellationToken);
        if (encoded.TokenCount > policy.ContextLength)
        {
            throw new InvalidPromptException(
                $"Example {index} has {encoded.TokenCount} tokens, but the model's context length is {policy.ContextLength}. Shorten it "
                + "or leave it out.");
        }

        if (UnknownToken.FirstIn(encoded.Prompt.TokenIds.Concat(encoded.Completion ?? []), policy.VocabularySize) is int unknown)
        {
            throw new InvalidDataException(
                $"Example {index} has the token {unknown}, but the policy has the tokens 0 to {policy.VocabularySize - 1}.");
        }

        int wrong = Array.FindIndex(encoded.Weights, weight => !(weight >= 0 && float.IsFinite(weight)));
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"Example {index} has the token weight {encoded.Weights[wrong].ToText()}; weights must be finite and not negative.");
        }

        return encoded;
    }

    private static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1f);
        return ones;
    }

    private static float[] WeightsBehindFirst(IReadOnlyList<float>? weights, int tokens) =>
        weights is null ? Ones(tokens - 1) : [.. weights.Skip(1)];

    private EncodedExample EncodeAnswer(SupervisedExample example, int index, CancellationToken cancellationToken)
    {
        object? key = example.CachePrompt ? example.CacheKey ?? new PlaceInList(index) : null;
        EncodedPrompt prompt = EncodePrompt(key, example.Prompt!, index, cancellationToken);
        int[] completion = [.. policy.Processor.EncodeCompletion(example.Completion!), .. _behind];
        float[] weights = example.TokenWeighting is TokenWeighting weigh ? Weigh(weigh, completion, index) : Ones(completion.Length);
        if (!options.TrainOnPrompt)
        {
            return new EncodedExample(prompt, completion, weights);
        }

        EncodedPrompt whole = prompt with { TokenIds = [.. prompt.TokenIds, .. completion] };
        return new EncodedExample(whole, null, [.. Ones(prompt.TokenIds.Count - 1), .. weights]);
    }

    private float[] Weigh(TokenWeighting weigh, int[] completion, int index)
    {
        string what = $"The token weighting of example {index}";
        IReadOnlyList<float>? weights;
        try
        {
            weights = UserCode.Call(() => weigh(completion, policy.Processor.Tokenizer), what);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidDataException($"{what} failed: {ForeignExceptions.MessageOf(exception)}", exception);
        }

        // A caller's function may return null although its type says that it doesn't.
        return weights?.Count == completion.Length ? [.. weights] : throw new InvalidDataException(
            $"{what} returned {weights?.Count.ToString(CultureInfo.InvariantCulture) ?? "null and no"} weights for {completion.Length} tokens; "
            + "give one per token.");
    }

    private EncodedPrompt EncodePrompt(object? key, VqaPrompt prompt, int index, CancellationToken cancellationToken)
    {
        try
        {
            return _cache.Encode(key, prompt, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidPromptException(
                $"Example {index} can't be encoded: {ForeignExceptions.MessageOf(exception)} Fix it or leave it out.", exception);
        }
    }

    // A separate type, since a caller's key may also be a number.
    private sealed record PlaceInList(int Index);
}
