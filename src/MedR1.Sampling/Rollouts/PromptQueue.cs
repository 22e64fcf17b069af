using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// The prompts of a call in order. A prompt is encoded only when its turn is near, so that the images of a long list are never all in
/// memory.
/// </summary>
internal sealed class PromptQueue(
    PromptEncoder encoder, IReadOnlyList<VqaPrompt> prompts, IReadOnlyList<EncodedPrompt>? encoded)
{
    private readonly Queue<PromptTicket> _ready = new();
    private int _next;

    /// <summary>The number of prompts not taken yet.</summary>
    public int Count => prompts.Count - _next + _ready.Count;

    /// <summary>Whether the prompts were passed already encoded.</summary>
    public bool IsEncoded => encoded is not null;

    /// <summary>Encodes the next prompts until a given number of prompts is ready.</summary>
    /// <returns>The prompts that are ready, in order; they stay in the queue.</returns>
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

    /// <summary>The next prompt, which stays in the queue; null if there is none.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while prompts are left to encode.</exception>
    public PromptTicket? Peek(CancellationToken cancellationToken)
    {
        Prepare(1, cancellationToken);
        return _ready.TryPeek(out PromptTicket? ticket) ? ticket : null;
    }

    /// <summary>Takes the prompt that <see cref="Peek"/> returned.</summary>
    public PromptTicket Take() => _ready.Dequeue();
}
