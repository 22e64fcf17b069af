using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>−(4/τ)·σ(τ(r−1))·A with a temperature τ for each sign of A.</summary>
internal sealed class SapoObjective(SapoOptions options) : TokenObjective
{
    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio)
    {
        using Scalar positive = options.PositiveTemperature.ToScalar();
        using Scalar negative = options.NegativeTemperature.ToScalar();
        Tensor temperature_B1 = where(
            batch.Advantages_B1.Above(0),
            full_like(batch.Advantages_B1, positive),
            full_like(batch.Advantages_B1, negative));
        Tensor gate = (temperature_B1 * ratio.Minus(1)).sigmoid().Times(4) / temperature_B1;
        return (gate * batch.Advantages_B1).neg();
    }
}
