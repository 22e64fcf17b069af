using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class PartlyFrozenTowerTests
{
    // A gradient doesn't depend on which other parameters have one.
    [Theory]
    [InlineData(ModelPart.Vision, ModelPart.Merger, false)]
    [InlineData(ModelPart.Vision, ModelPart.Merger, true)]
    [InlineData(ModelPart.Merger, ModelPart.Vision, false)]
    public void What_is_trained_gets_the_gradients_that_it_has_if_all_is_trained(ModelPart frozen, ModelPart trained, bool recomputes)
    {
        using Qwen2VLPolicy whole = TinyModel.Create(), partly = TinyModel.Create();
        partly.Freeze(frozen);
        partly.Checkpointing.IsEnabled = recomputes;
        LoraCase.Backward(whole);
        LoraCase.Backward(partly);
        Assert.All(partly.Parameters.Zip(whole.Parameters), pair =>
        {
            ModelPart part = partly.PartOf(pair.First.Key);
            Assert.Equal(part == frozen, pair.First.Value.grad is null);
            if (part == trained)
                TinyModel.Near(pair.Second.Value.grad!.Values(), pair.First.Value.grad!.Values());
        });
    }
}
