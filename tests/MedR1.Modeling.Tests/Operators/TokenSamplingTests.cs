using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public sealed class TokenSamplingTests
{
    [Fact]
    public void On_other_devices_it_leaves_the_draw_to_operators()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = zeros(2, 5), uniforms = full(2, 0.5, float64);
        Assert.False(TokenSampling.TrySample(logits, logits, uniforms, out Tensor? tokens, out _, out _));
        Assert.Null(tokens);
    }
}
