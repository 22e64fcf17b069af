using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Divides the logits: below 1 sharpens the distribution, above 1 flattens it.</summary>
public sealed class TemperatureProcessor : ILogitsProcessor
{
    private readonly double _temperature;

    /// <summary>Creates a processor.</summary>
    /// <param name="temperature">The divisor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature isn't positive.</exception>
    public TemperatureProcessor(double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        _temperature = temperature;
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context) => _temperature == 1 ? logits : logits.DividedBy(_temperature);
}
