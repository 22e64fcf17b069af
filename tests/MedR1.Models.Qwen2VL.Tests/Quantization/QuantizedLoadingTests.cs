using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class QuantizedLoadingTests
{
    // Linear layers of the tiny decoder: two layers of q [32, 32], k and v [16, 32], o [32, 32], gate and up [40, 32] and
    // down [32, 40]. Of the tower: two blocks of qkv [48, 16], proj [16, 16], fc1 [32, 16] and fc2 [16, 32]; the merger has
    // [64, 64] and [32, 64]. Each row has a scale of four bytes.
    private const long DecoderNumbers = 2 * (2 * 32 * 32 + 2 * 16 * 32 + 3 * 32 * 40);
    private const long DecoderRows = 2 * (32 + 16 + 16 + 32 + 40 + 40 + 32);
    private const long VisionNumbers = 2 * (48 * 16 + 16 * 16 + 2 * 32 * 16) + 64 * 64 + 32 * 64;
    private const long VisionRows = 2 * (48 + 16 + 32 + 16) + 64 + 32;

    [Theory]
    [InlineData(WeightQuantization.Decoder, ScalarType.Float32, DecoderNumbers, DecoderRows)]
    [InlineData(WeightQuantization.Decoder, ScalarType.BFloat16, DecoderNumbers, DecoderRows)]
    [InlineData(
        WeightQuantization.DecoderAndVision, ScalarType.BFloat16, DecoderNumbers + VisionNumbers, DecoderRows + VisionRows)]
    public void A_number_takes_one_byte_and_a_row_four_more(
        WeightQuantization quantization, ScalarType dataType, long numbers, long rows)
    {
        using QuantizedModel model = new(quantization, dataType: dataType);
        long whole = Bytes(model.Whole);
        Assert.Equal(whole - numbers * (dataType.ElementSize() - 1) + 4 * rows, Bytes(model.Quantized));
        Assert.Equal(quantization, model.Quantized.Quantization);
        Assert.True(model.Quantized.HasQuantizedWeights());
        Assert.False(model.Whole.HasQuantizedWeights());
        Assert.Equal(dataType, model.Quantized.DataType);
    }

    // Memory of the published models, computed from shapes on the meta device, which has no memory. The 7B model has 8,291,375,616
    // numbers; the decoder's matrices 28 · (2 · 3584² + 2 · 512 · 3584 + 3 · 18944 · 3584) = 6,525,288,448 of them, those of
    // tower and merger 32 · (4 · 1280² + 2 · 5120 · 1280) + 5120² + 3584 · 5120 = 673,710,080. The 2B model has 2,208,985,600,
    // with 28 · (2 · 1536² + 2 · 256 · 1536 + 3 · 8960 · 1536) = 1,310,195,712 and 663,224,320. Scales take up to 0.007 GB.
    [Theory]
    [InlineData("qwen2-vl-2b", WeightQuantization.None, 4.42)]
    [InlineData("qwen2-vl-2b", WeightQuantization.Decoder, 3.11)]
    [InlineData("qwen2-vl-2b", WeightQuantization.DecoderAndVision, 2.45)]
    [InlineData("qwen2-vl-7b", WeightQuantization.None, 16.58)]
    [InlineData("qwen2-vl-7b", WeightQuantization.Decoder, 10.06)]
    [InlineData("qwen2-vl-7b", WeightQuantization.DecoderAndVision, 9.39)]
    public void The_published_shapes_take_the_memory_stated_in_the_guide(
        string shape, WeightQuantization quantization, double gigabytes)
    {
        Qwen2VLConfiguration configuration = Qwen2VLConfiguration.Load(
            Path.Combine(Golden(), "cases", "parameter-list", shape));
        using Qwen2VLNetwork network = new(configuration, META, ScalarType.BFloat16, quantization);
        Assert.Equal(gigabytes, Qwen2VLPolicy.ParametersOf(network).Sum(Bytes) / 1e9, 0.01);
    }

    [Fact]
    public void Progress_counts_quantized_bytes_and_mapped_files_give_the_same()
    {
        using QuantizedModel model = new();
        List<LoadProgress> reports = [];
        using Qwen2VLPolicy mapped = Qwen2VLPolicy.Load(
            model.Folder, weights: WeightStorage.MappedFiles, quantization: WeightQuantization.DecoderAndVision,
            progress: new Collector(reports));
        Assert.Equal(LoraCase.Score(model.Quantized), LoraCase.Score(mapped));
        Assert.Equal(model.Whole.Parameters.Count, reports.Count);
        long scales = Bytes(mapped) - reports[^1].TotalBytes;
        Assert.Equal(4 * (DecoderRows + VisionRows), scales);
        Assert.Equal(reports[^1].TotalBytes, reports[^1].Bytes);
    }

    [Fact]
    public void Loading_can_be_cancelled()
    {
        using QuantizedModel model = new();
        using CancellationTokenSource source = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Qwen2VLPolicy.Load(
            model.Folder, quantization: WeightQuantization.Decoder, progress: new Canceller(source),
            cancellationToken: source.Token));
    }

    [Fact]
    public void A_damaged_weight_is_named()
    {
        using QuantizedModel model = new();
        string folder = Path.Combine(model.Folder, "broken");
        using (IDisposable noGradient = no_grad())
        {
            Parameter weight = model.Whole.Parameters.First(pair => pair.Key == "model.layers.1.mlp.up_proj.weight").Value;
            weight[3, 5] = tensor(float.NaN);
        }

        model.Whole.Save(folder);
        SafetensorsFormatException exception = Assert.Throws<SafetensorsFormatException>(
            () => Qwen2VLPolicy.Load(folder, quantization: WeightQuantization.Decoder));
        Assert.Contains("model.layers.1.mlp.up_proj.weight", exception.Message);
        Assert.Contains("infinite or not a number", exception.Message);
    }

    private static string Golden()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "Golden")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tests", "Golden");
    }

    private static long Bytes(IVisionLanguagePolicy policy) => policy.Parameters.Sum(Bytes);

    private static long Bytes(KeyValuePair<string, Parameter> pair) => pair.Value.numel() * pair.Value.element_size();

    private sealed class Collector(List<LoadProgress> reports) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => reports.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => source.Cancel();
    }
}
