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
        Tensor temperature = where(
            batch.Advantages.Above(0),
            full_like(batch.Advantages, positive),
            full_like(batch.Advantages, negative));
        Tensor gate = (temperature * ratio.Minus(1)).sigmoid().Times(4) / temperature;
        return (gate * batch.Advantages).neg();
    }
}
