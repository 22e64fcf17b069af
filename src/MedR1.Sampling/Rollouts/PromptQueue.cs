using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// The prompts of a call in their order. It encodes a prompt only when its turn is near, so that the pictures of a long
/// list are never all in memory.
/// </summary>
internal sealed class PromptQueue(
    PromptEncoder encoder, IReadOnlyList<VqaPrompt> prompts, IReadOnlyList<EncodedPrompt>? encoded)
{
    private readonly Queue<PromptTicket> _ready = new();
    private int _next;

    /// <summary>Prompts that were not taken yet.</summary>
    public int Count => prompts.Count - _next + _ready.Count;

    /// <summary>Whether the prompts came encoded.</summary>
    public bool IsEncoded => encoded is not null;

    /// <summary>Encodes the next prompts, up to a number of them.</summary>
    /// <returns>Those that are ready, in their order; they stay in the queue.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while prompts are left to encode.</exception>
    public IReadOnlyCollection<PromptTicket> Prepare(int count, CancellationToken cancellationToken)
    {
        while (_ready.Count < count && _next < prompts.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ready.Enqueue(encoder.Encode(prompts[_next], encoded?[_next], _next, cancellationToken));
            _next++;
        }

        return _ready;
    }

    /// <summary>The next prompt, which stays; null if there is none.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while prompts are left to encode.</exception>
    public PromptTicket? Peek(CancellationToken cancellationToken)
    {
        Prepare(1, cancellationToken);
        return _ready.TryPeek(out PromptTicket? ticket) ? ticket : null;
    }

    /// <summary>Takes the prompt that <see cref="Peek"/> gave.</summary>
    public PromptTicket Take() => _ready.Dequeue();
}
