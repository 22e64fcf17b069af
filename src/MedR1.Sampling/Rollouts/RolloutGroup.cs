using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>A prompt whose completions are being sampled.</summary>
internal sealed class RolloutGroup(PromptTicket ticket, int promptSlot, RolloutRow[] rows) : IDisposable
{
    private Tensor? _logits;
    private int _begun;

    /// <summary>The prompt.</summary>
    public PromptTicket Ticket => ticket;

    /// <summary>The prompt's slot in the cache.</summary>
    public int PromptSlot => promptSlot;

    /// <summary>The prompt's completions.</summary>
    public IReadOnlyList<RolloutRow> Rows => rows;

    /// <summary>Whether a completion waits for a slot.</summary>
    public bool HasWaitingRow => _begun < rows.Length && rows[_begun].Ended is null;

    /// <summary>Whether any completion has a token.</summary>
    public bool HasSpoken => Array.Exists(rows, row => row.Tokens.Count > 0);

    /// <summary>Whether all completions have ended.</summary>
    public bool IsDone => Array.TrueForAll(rows, row => row.Ended is not null);

    /// <summary><c>[1, V]</c>: the logits of every completion's first token. Kept until the last completion has begun.</summary>
    public Tensor Logits => _logits ?? throw new InvalidOperationException("The prompt has not run yet.");

    /// <summary>Takes the logits of the prefill.</summary>
    public void Begin(Tensor logits) => _logits = logits.DetachFromDisposeScope();

    /// <summary>Assigns a slot to the next completion.</summary>
    public RolloutRow BeginRow(int rowSlot)
    {
        RolloutRow row = rows[_begun++];
        row.Begin(promptSlot, rowSlot);
        return row;
    }

    /// <summary>Frees the logits once all completions have begun.</summary>
    public void Trim()
    {
        if (_begun == rows.Length)
        {
            Dispose();
        }
    }

    /// <summary>Converts the group to a result.</summary>
    public CompletionGroup Complete(ITextTokenizer tokenizer) =>
        new(ticket.Prompt, [.. rows.Select(row => row.Complete(tokenizer))])
        {
            PromptIndex = ticket.Index,
            PromptTokenCount = ticket.Encoded.TokenIds.Count,
            PromptTokenIds = ticket.Encoded.TokenIds,
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        _logits?.Dispose();
        _logits = null;
    }
}
