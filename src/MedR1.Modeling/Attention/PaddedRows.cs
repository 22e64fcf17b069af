using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Where the rows of a flat batch stand while they are padded to blocks of one size, and the way back. Only attention needs
/// the blocks; all other layers take the flat rows and compute no padding.
/// </summary>
internal sealed class PaddedRows
{
    private readonly Tensor? _sources;
    private readonly Tensor? _places;

    /// <summary>Makes a way there and back; its tensors belong to the current dispose scope.</summary>
    /// <param name="places">For each flat row its place among the padded ones, no place twice.</param>
    /// <param name="count">Padded rows.</param>
    /// <param name="device">Where the rows are.</param>
    public PaddedRows(IReadOnlyList<long> places, long count, Device device)
    {
        if (places.Count == count && places.Select((place, row) => place == row).All(same => same))
        {
            return;
        }

        // The content of the padding is never seen: any row will do.
        long[] sources = new long[count];
        for (int row = 0; row < places.Count; row++)
        {
            sources[places[row]] = row;
        }

        _sources = sources.ToDevice(device);
        _places = places.ToArray().ToDevice(device);
    }

    /// <summary><c>[rows, …]</c> to <c>[padded rows, …]</c>; the input itself where nothing moves.</summary>
    public Tensor Pad(Tensor rows) => _sources is null || _places is null ? rows
        : IsRecorded(rows) ? RowPaddingFunction.apply(rows, _sources, _places)
        : rows.index_select(0, _sources);

    /// <summary><c>[padded rows, …]</c> to <c>[rows, …]</c>; the input itself where nothing moves.</summary>
    public Tensor Unpad(Tensor padded) => _places is null ? padded
        : IsRecorded(padded) ? RowSelectionFunction.apply(padded, _places)
        : padded.index_select(0, _places);

    private static bool IsRecorded(Tensor tensor) => is_grad_enabled() && tensor.requires_grad;
}
