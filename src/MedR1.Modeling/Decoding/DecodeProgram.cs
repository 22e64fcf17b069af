using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The decode steps of one shape: input and output tensors with fixed addresses, and the work between them.</summary>
internal sealed class DecodeProgram : IDisposable
{
    private readonly SlotKeyValueCache _cache;
    private readonly DecodeShape _shape;
    private readonly DecoderPass _pass;
    private readonly DecodeInputs _inputs;
    private Tensor? _logits;
    private IDeviceWork? _work;

    public DecodeProgram(SlotKeyValueCache cache, DecodeShape shape, DecoderPass pass)
    {
        _cache = cache;
        _shape = shape;
        _pass = pass;
        _inputs = new DecodeInputs(shape, cache.Device);
    }

    /// <summary>Runs a step.</summary>
    /// <returns><c>[rows, vocabulary]</c>; the caller disposes it.</returns>
    public Tensor Run(DecodeLayout layout, Tensor tokens)
    {
        _inputs.Fill(layout, tokens);
        if (_work is null)
        {
            _work = DeviceWork.Create(_cache.Device, Compute);
        }

        _work.Run();
        if (layout.IsFull)
        {
            return _logits!.clone();
        }

        using Tensor places = _inputs.PlacesOf(layout);
        return _logits!.index_select(0, places);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work?.Dispose();
        _logits?.Dispose();
        _inputs.Dispose();
    }

    // Can be run repeatedly, because it writes the same values again. A recorded program always writes to the same memory.
    private void Compute()
    {
        using DisposeScope scope = NewDisposeScope();
        using DecodeTablePattern pattern = new(_cache, _shape, _inputs);
        Tensor logits = _pass(_inputs.Tokens, _inputs.Positions, pattern).DetachFromDisposeScope();
        _logits?.Dispose();
        _logits = logits;
    }
}
