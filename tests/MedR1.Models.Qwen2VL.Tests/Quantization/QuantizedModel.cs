using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>A tiny 8-bit model, and one in full precision with the dequantized weights of the first.</summary>
internal sealed class QuantizedModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medr1-quantized-");

    public QuantizedModel(
        WeightQuantization quantization = WeightQuantization.DecoderAndVision,
        Qwen2VLFamily family = Qwen2VLFamily.Qwen2VL, ScalarType dataType = ScalarType.Float32, bool tied = true)
    {
        using (Qwen2VLPolicy source = TinyModel.Create(family, tied: tied, dataType: dataType))
        {
            source.Save(Folder);
        }

        Quantized = Qwen2VLPolicy.Load(Folder, quantization: quantization);
        Whole = Qwen2VLPolicy.Load(Folder);
        using IDisposable noGradient = no_grad();
        foreach ((AdaptableModule held, AdaptableModule whole) in Quantized.Adapters.Modules.Zip(Whole.Adapters.Modules))
        {
            if (held.Layer.Quantized is not { } matrix)
                continue;
            using Tensor weights = matrix.Dequantize(dataType);
            whole.Layer.Weight.copy_(weights);
        }
    }

    public string Folder => _folder.FullName;

    public Qwen2VLPolicy Quantized { get; }

    public Qwen2VLPolicy Whole { get; }

    public void Dispose()
    {
        Quantized.Dispose();
        Whole.Dispose();
        _folder.Delete(recursive: true);
    }
}
