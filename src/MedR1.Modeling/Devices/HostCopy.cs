using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The way of a tensor to the host, again and again. Between <see cref="Begin"/> and <see cref="Wait"/> the device may be
/// given more to do: the host waits for the copy alone. Where a device has no such copies, Begin waits for everything.
/// </summary>
public sealed class HostCopy : IDisposable
{
    private readonly Tensor _source;
    private readonly Tensor _onHost;
    private readonly CudaEvent? _arrival;

    /// <summary>Makes room on the host.</summary>
    /// <param name="source">A tensor that stays; it remains the caller's.</param>
    public HostCopy(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _arrival = CudaEvent.TryCreate(source.device);
        using Tensor room = zeros(source.shape, source.dtype, CPU);
        _onHost = (_arrival is null ? room.clone() : room.pin_memory()).DetachFromDisposeScope();
    }

    /// <summary>Copies what the tensor will hold behind all that the device was given so far.</summary>
    public void Begin()
    {
        _onHost.copy_(_source, _arrival is not null);
        _arrival?.Record();
    }

    /// <summary>Waits for the copy that was begun last.</summary>
    /// <returns>The tensor on the host; it belongs to this object, and the next copy goes there too.</returns>
    public Tensor Wait()
    {
        _arrival?.Wait();
        return _onHost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The device may still write there.
        _arrival?.Wait();
        _arrival?.Dispose();
        _onHost.Dispose();
    }
}
