using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention for prompts with a common prefix that is stored once: the flat batch contains the first prompt in full, the other
/// prompts without the prefix, and then the completions. Only attention expands all prompts; every other layer computes the prefix
/// once. Results and gradients equal those of prompts stored in full.
/// </summary>
/// <remarks>
/// The hidden states of a token depend only on its position and the tokens before it, so that a common prefix, such as the system
/// turn and the opening of the user turn, has the same values in all prompts.
/// </remarks>
public sealed class SharedPrefixPattern : IAttentionPattern
{
    private readonly IAttentionPattern _whole;
    private readonly SharedPrefixRows _rows;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="whole">The pattern for prompts stored in full, with their completions.</param>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="device">The device of the tokens.</param>
    public SharedPrefixPattern(IAttentionPattern whole, GroupLengths lengths, Device device)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(device);
        _whole = whole;
        _rows = new SharedPrefixRows(lengths, device);
        Kept = whole.Kept is Tensor kept ? _rows.PlacesOf(kept) : null;
    }

    /// <inheritdoc/>
    public Tensor? Kept { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = _whole.Attend(layer, _rows.Whole(queries), _rows.Whole(keys), _rows.Whole(values));
        return _rows.Flat(attended).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        return _whole.AttendKept(layer, queries, _rows.Whole(keys), _rows.Whole(values)).MoveToOuterDisposeScope();
    }
}
