using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class QuantizedPolicyTests
{
    // Float32 sums in a different order through two layers: as between sampling and training elsewhere.
    private const double Rounding = 2e-5;

    public static TheoryData<string> Adapters =>
        [.. LoraCase.Kinds.Keys.Where(kind => kind != "saved modules")];

    [Theory]
    [InlineData(WeightQuantization.Decoder, Qwen2VLFamily.Qwen2VL, true)]
    [InlineData(WeightQuantization.Decoder, Qwen2VLFamily.Qwen25VL, false)]
    [InlineData(WeightQuantization.DecoderAndVision, Qwen2VLFamily.Qwen2VL, false)]
    [InlineData(WeightQuantization.DecoderAndVision, Qwen2VLFamily.Qwen25VL, true)]
    public void It_gives_the_same_as_a_model_with_the_rounded_weights(
        WeightQuantization quantization, Qwen2VLFamily family, bool tied)
    {
        using QuantizedModel model = new(quantization, family, tied: tied);
        float[] expected = LoraCase.Score(model.Whole);
        TinyModel.Near(expected, LoraCase.Score(model.Quantized), Rounding);
        using Qwen2VLPolicy original = Qwen2VLPolicy.Load(model.Folder);
        Assert.InRange(LoraCase.Distance(expected, LoraCase.Score(original)), 1e-3, 0.5);
        using IVisionLanguagePolicy copy = model.Quantized.CloneFrozen();
        Assert.Equal(LoraCase.Score(model.Quantized), LoraCase.Score(copy));
        Assert.True(model.Quantized.SharesVisionWith(copy));
    }

    [Theory]
    [InlineData(WeightQuantization.Decoder, true)]
    [InlineData(WeightQuantization.DecoderAndVision, false)]
    public void Image_features_are_shared_with_a_full_model_if_the_tower_is_not_quantized(WeightQuantization quantization, bool shares)
    {
        using QuantizedModel model = new(quantization);
        using Qwen2VLPolicy original = Qwen2VLPolicy.Load(model.Folder);
        using LoraPolicy lora = LoraPolicy.Create(model.Quantized, LoraCase.Kinds["two names"], seed: 1);
        original.Freeze(ModelPart.Vision, ModelPart.Merger);
        Assert.Equal(shares, original.SharesVisionWith(model.Quantized));
        Assert.Equal(shares, model.Quantized.SharesVisionWith(original));
        Assert.True(lora.SharesVisionWith(lora.Reference));
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void An_adapter_gets_the_same_gradients_as_on_a_model_with_the_rounded_weights(string kind)
    {
        using QuantizedModel model = new();
        using LoraPolicy on8Bits = LoraCase.Create(model.Quantized, kind), onWhole = LoraCase.Create(model.Whole, kind);
        TinyModel.Near(LoraCase.Score(onWhole), LoraCase.Score(on8Bits), Rounding);
        LoraCase.Backward(onWhole);
        LoraCase.Backward(on8Bits);
        AssertSameGradients(onWhole, on8Bits, 1e-4);
        Assert.All(model.Quantized.Parameters, pair => Assert.True(pair.Value.grad is null && !pair.Value.requires_grad));
    }

    [Fact]
    public void Layers_that_are_computed_again_give_the_same_gradients()
    {
        using QuantizedModel model = new();
        using LoraPolicy kept = LoraCase.Create(model.Quantized, "all linear");
        using LoraPolicy again = LoraCase.Create(model.Quantized, "all linear");
        LoraCase.Backward(kept);
        model.Quantized.Checkpointing.IsEnabled = true;
        LoraCase.Backward(again);
        AssertSameGradients(kept, again, 1e-6);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2e-5)]
    [InlineData(ScalarType.BFloat16, 0.25)]
    public void Sampling_and_training_see_the_same_numbers(ScalarType dataType, double tolerance)
    {
        using QuantizedModel model = new(dataType: dataType);
        using LoraPolicy lora = LoraCase.Create(model.Quantized, "all linear");
        PackedGroup[] groups = InvarianceTests.Mixed(4);
        using DisposeScope scope = NewDisposeScope();
        float[] trained = lora.TokenLogProbabilities(groups, new TokenStatisticsOptions()).LogProbabilities.Values();
        using IDisposable noGradient = no_grad();
        using IDisposable? packed = lora.BeginDecoding(64);
        TinyModel.Near(trained, InvarianceTests.CachedLogProbabilities(lora, groups), tolerance);
    }

    [Fact]
    public void The_reference_is_the_base_and_the_adapter_fits_a_full_base()
    {
        using QuantizedModel model = new();
        using LoraPolicy lora = LoraCase.Create(model.Quantized, "all linear");
        Assert.Equal(LoraCase.Score(model.Quantized), LoraCase.Score(lora.Reference));
        string folder = Path.Combine(model.Folder, "adapter");
        lora.Save(folder);
        using LoraPolicy whole = LoraPolicy.Load(model.Whole, folder);
        Assert.Equal(lora.AdapterParameters.Select(pair => pair.Key), whole.AdapterParameters.Select(pair => pair.Key));
        TinyModel.Near(LoraCase.Score(whole), LoraCase.Score(lora), Rounding);
        whole.SaveMerged(Path.Combine(model.Folder, "merged"));
    }

    [Fact]
    public void Operations_that_need_full_weights_are_refused_with_an_alternative()
    {
        using QuantizedModel model = new(WeightQuantization.Decoder);
        Refuses(() => model.Quantized.Save(model.Folder), "SaveMerged");
        foreach (ModelPart part in (ModelPart[])[ModelPart.Language, ModelPart.Vision, ModelPart.Merger])
        {
            Refuses(() => model.Quantized.Unfreeze(part), "LoraPolicy.Create");
        }

        using LoraPolicy lora = LoraCase.Create(model.Quantized, "two names");
        Refuses(lora.Merge, "without quantization");
        Refuses(() => lora.SaveMerged(model.Folder), "without quantization");
        Assert.False(lora.IsMerged);
        LoraException saved = Assert.Throws<LoraException>(() => LoraPolicy.Create(
            model.Quantized, LoraCase.Kinds["two names"] with { ModulesToSave = ["down_proj"] }, seed: 1));
        Assert.Contains("layers.1.mlp.down_proj is quantized to 8 bits", saved.Message);
        ArgumentException half = Assert.Throws<ArgumentException>(() => Qwen2VLPolicy.Load(
            model.Folder, dataType: ScalarType.Float16, quantization: WeightQuantization.Decoder));
        Assert.Contains("BFloat16", half.Message);

        static void Refuses(Action action, string fix) =>
            Assert.Contains(fix, Assert.Throws<InvalidOperationException>(action).Message);
    }

    // The embedding, tower and norms are not quantized matrices, so that copies of them can be trained.
    [Fact]
    public void Modules_that_are_not_quantized_can_be_saved_with_the_adapter()
    {
        using QuantizedModel model = new(WeightQuantization.Decoder);
        using LoraPolicy lora = LoraCase.Create(model.Quantized, "saved modules");
        using LoraPolicy whole = LoraCase.Create(model.Whole, "saved modules");
        LoraCase.Backward(lora);
        LoraCase.Backward(whole);
        AssertSameGradients(whole, lora, 1e-4);
    }

    private static void AssertSameGradients(LoraPolicy expected, LoraPolicy actual, double tolerance)
    {
        foreach (((string name, Parameter first), (_, Parameter second))
            in expected.AdapterParameters.Zip(actual.AdapterParameters))
        {
            float[] wanted = first.grad!.Values(), got = second.grad!.Values();
            double largest = wanted.Max(Math.Abs);
            Assert.True(largest > 0, name);
            Assert.True(LoraCase.Distance(wanted, got) <= tolerance * Math.Max(1, largest), name);
        }
    }
}
