using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Maps the rows of a flat batch to blocks padded to equal size, and back. Only attention needs the blocks; all other layers
/// process the flat rows and compute no padding.
/// </summary>
internal sealed class PaddedRows
{
    private readonly Tensor? _sources;
    private readonly Tensor? _places;

    /// <summary>Creates a mapping; its tensors belong to the current dispose scope.</summary>
    /// <param name="places">The padded row of each flat row, without duplicates.</param>
    /// <param name="count">The number of padded rows.</param>
    /// <param name="device">The device of the rows.</param>
    public PaddedRows(IReadOnlyList<long> places, long count, Device device)
    {
        if (places.Count == count && places.Select((place, row) => place == row).All(same => same))
        {
            return;
        }

        // The content of padding rows is never used, so any source row will do.
        long[] sources = new long[count];
        for (int row = 0; row < places.Count; row++)
        {
            sources[places[row]] = row;
        }

        _sources = sources.ToDevice(device);
        _places = places.ToArray().ToDevice(device);
    }

    /// <summary>Maps <c>[rows, …]</c> to <c>[padded rows, …]</c>; returns the input itself if no padding is needed.</summary>
    public Tensor Pad(Tensor rows) => _sources is null || _places is null ? rows
        : is_grad_enabled() && rows.requires_grad ? RowPaddingFunction.apply(rows, _sources, _places)
        : rows.index_select(0, _sources);

    /// <summary>Maps <c>[padded rows, …]</c> to <c>[rows, …]</c>; returns the input itself if there is no padding.</summary>
    public Tensor Unpad(Tensor padded) => _places is null ? padded : RowSelectionFunction.Select(padded, _places);
}
