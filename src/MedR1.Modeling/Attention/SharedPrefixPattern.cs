using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts that begin with the same tokens, fed once: the first prompt stands whole in the flat batch, the others without what
/// they have in common with it, and behind them whatever follows prompts. Attention alone takes all prompts whole; every other
/// layer computes what is common once. Figures and gradients are those of whole prompts.
/// </summary>
/// <remarks>
/// A token's place and what stands before it decide what the layers make of it, so that the first tokens of prompts that begin
/// alike are alike throughout: the system's turn, and what opens the user's.
/// </remarks>
public sealed class SharedPrefixPattern : IAttentionPattern
{
    private readonly IAttentionPattern _whole;
    private readonly SharedPrefixRows _rows;

    /// <summary>Makes a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="whole">How whole prompts, and what is behind them, attend.</param>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="device">Where the tokens are.</param>
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
