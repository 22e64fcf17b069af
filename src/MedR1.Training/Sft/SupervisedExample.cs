using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// A target of supervised training: either a prompt with an answer, of which the answer is learnt (and the prompt with
/// <see cref="SftTrainerOptions.TrainOnPrompt"/>), or a sequence of tokens, of which every token with a weight is learnt.
/// </summary>
public sealed record SupervisedExample
{
    private SupervisedExample()
    {
    }

    /// <summary>The prompt; <see langword="null"/> for a sequence of tokens.</summary>
    public VqaPrompt? Prompt { get; private init; }

    /// <summary>The answer; <see langword="null"/> for a sequence of tokens.</summary>
    public string? Completion { get; private init; }

    /// <summary>How the answer's tokens are weighted; <see langword="null"/> to weight all equally.</summary>
    public TokenWeighting? TokenWeighting { get; init; }

    /// <summary>The sequence, with its images if it has any; <see langword="null"/> for a prompt with an answer.</summary>
    public EncodedPrompt? Sequence { get; private init; }

    /// <summary>The weight of each token of the sequence (the first is never learnt); <see langword="null"/> for 1 each.</summary>
    public IReadOnlyList<float>? SequenceWeights { get; private init; }

    /// <summary>
    /// Whether the encoded prompt is cached, which is not worth the memory if the example won't occur again.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool CachePrompt { get; init; } = true;

    /// <summary>
    /// The cache key of the encoded prompt, equal for examples with the same prompt; <see langword="null"/> for the example's index in its
    /// list.
    /// </summary>
    public object? CacheKey { get; init; }

    /// <summary>Creates an example from a prompt and the answer to learn.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="completion">The answer.</param>
    public static SupervisedExample Answer(VqaPrompt prompt, string completion)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(completion);
        return new SupervisedExample { Prompt = prompt, Completion = completion };
    }

    /// <summary>Creates an example from a conversation that ends with the model's answer.</summary>
    /// <param name="messages">The messages; the last is the assistant's and contains only text.</param>
    /// <exception cref="ArgumentException">The last message is not the assistant's, or has an image.</exception>
    public static SupervisedExample Conversation(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count < 2 || messages[^1].Role != ChatRole.Assistant
            || messages[^1].Content.Any(part => part is not TextPart))
        {
            string last = messages.Count == 0
                ? "there is none"
                : $"its role is '{messages[^1].Role}', with {messages[^1].Content.Count} parts";
            throw new ArgumentException(
                $"The last of {messages.Count} messages must be the assistant's, contain only text, and follow at least one "
                + $"other: {last}.", nameof(messages));
        }

        string completion = string.Concat(messages[^1].Content.Cast<TextPart>().Select(part => part.Text));
        return Answer(new VqaPrompt([.. messages.Take(messages.Count - 1)]), completion);
    }

    /// <summary>
    /// Creates an example for each of the assistant's answers in a conversation, whose prompt is all that comes before it: together they
    /// teach what TRL's <c>assistant_only_loss</c> does.
    /// </summary>
    /// <param name="messages">The messages; the assistant's contain only text, and none is the first.</param>
    /// <exception cref="ArgumentException">There is no answer, the first message is one, or one has an image.</exception>
    public static IReadOnlyList<SupervisedExample> EachAnswer(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        int[] answers = [.. messages.Index().Where(one => one.Item.Role == ChatRole.Assistant).Select(one => one.Index)];
        return answers.Length == 0
            ? throw new ArgumentException($"None of {messages.Count} messages is the assistant's.", nameof(messages))
            : [.. answers.Select(answer => Conversation([.. messages.Take(answer + 1)]))];
    }

    /// <summary>Creates an example from a sequence of tokens, for text without a conversation or with several answers.</summary>
    /// <param name="sequence">The tokens, at least two.</param>
    /// <param name="weights">
    /// One weight for each token, or <see langword="null"/> for 1 each; the first has no effect.
    /// </param>
    /// <exception cref="ArgumentException">The sequence is too short, or the weights don't fit it.</exception>
    public static SupervisedExample Tokens(EncodedPrompt sequence, IReadOnlyList<float>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        if (sequence.TokenIds.Count < 2)
        {
            throw new ArgumentException(
                $"A sequence of {sequence.TokenIds.Count} tokens has nothing to learn; give at least 2.",
                nameof(sequence));
        }

        if (weights is not null && weights.Count != sequence.TokenIds.Count)
        {
            throw new ArgumentException(
                $"There are {weights.Count} weights for {sequence.TokenIds.Count} tokens; give one per token.",
                nameof(weights));
        }

        return new SupervisedExample { Sequence = sequence, SequenceWeights = weights };
    }
}
