using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts that begin with the same tokens, which are fed once: the flat batch has the first prompt whole, the others without the
/// common prefix, and after them whatever follows prompts. Only attention takes all prompts whole; every other layer computes the
/// prefix once. Results and gradients are those of whole prompts.
/// </summary>
/// <remarks>
/// What the layers make of a token depends only on its position and the tokens before it, so that a common prefix has the same
/// values in all prompts: the system's turn, and the opening of the user's.
/// </remarks>
public sealed class SharedPrefixPattern : IAttentionPattern
{
    private readonly IAttentionPattern _whole;
    private readonly SharedPrefixRows _rows;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="whole">How whole prompts, and what follows them, attend.</param>
    /// <param name="lengths">Tokens of prompts and completions.</param>
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
