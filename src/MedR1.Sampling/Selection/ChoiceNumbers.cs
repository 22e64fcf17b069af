using System.Runtime.InteropServices;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// The numbers of a step's rows, which go to a device in one piece and lie there in tensors that stay. N rows, those
/// too many included.
/// </summary>
internal sealed class ChoiceNumbers : IDisposable
{
    private readonly int _size;
    private readonly int _spareSlot;
    private readonly bool _isPinned;
    private readonly Tensor _onHost_3N;
    private readonly Tensor _onDevice_3N;

    /// <summary>Makes room; all rows are too many.</summary>
    /// <param name="size">N.</param>
    /// <param name="spareSlot">The slot of rows too many.</param>
    /// <param name="device">Where they are needed.</param>
    public ChoiceNumbers(int size, int spareSlot, Device device)
    {
        _size = size;
        _spareSlot = spareSlot;

        // From pinned memory the host hands a copy over without waiting for what the device is at.
        _isPinned = device.type == DeviceType.CUDA;
        using Tensor host = zeros([3, size], ScalarType.Float64);
        _onHost_3N = (_isPinned ? host.pin_memory() : host.clone()).DetachFromDisposeScope();
        _onDevice_3N = zeros([3, size], ScalarType.Float64, device).DetachFromDisposeScope();
        Fill([]);
    }

    /// <summary><c>[N]</c> float64: the numbers that tokens are drawn with.</summary>
    public Tensor Uniforms => _onDevice_3N.select(0, 0);

    /// <summary><c>[N]</c> float64: tokens that each row has said.</summary>
    public Tensor NewTokenCounts => _onDevice_3N.select(0, 1);

    /// <summary><c>[N]</c> int64: the slots of the rows.</summary>
    public Tensor RowSlots => _onDevice_3N.select(0, 2).to(ScalarType.Int64);

    /// <summary>Takes a step; the device must have taken the one before.</summary>
    public void Fill(IReadOnlyList<ChoiceRow> rows)
    {
        Span<double> numbers = MemoryMarshal.Cast<byte, double>(_onHost_3N.bytes);
        for (int row = 0; row < _size; row++)
        {
            ChoiceRow own = row < rows.Count ? rows[row] : new ChoiceRow(0.5, 0, _spareSlot);
            numbers[row] = own.Uniform;
            numbers[_size + row] = own.NewTokenCount;
            numbers[2 * _size + row] = own.RowSlot;
        }

        _onDevice_3N.copy_(_onHost_3N, _isPinned);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _onHost_3N.Dispose();
        _onDevice_3N.Dispose();
    }
}
