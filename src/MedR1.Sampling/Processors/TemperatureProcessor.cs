using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Divides the logits: below 1 for surer choices, above 1 for wilder ones.</summary>
public sealed class TemperatureProcessor : ILogitsProcessor
{
    private readonly double _temperature;

    /// <summary>Makes a processor.</summary>
    /// <param name="temperature">The divisor.</param>
    /// <exception cref="ArgumentOutOfRangeException">It isn't positive.</exception>
    public TemperatureProcessor(double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        _temperature = temperature;
    }

    /// <inheritdoc/>
    public Tensor Process(Tensor logits, LogitsContext context) => _temperature == 1 ? logits : logits.DividedBy(_temperature);
}
