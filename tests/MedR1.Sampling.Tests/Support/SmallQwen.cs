using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Sampling.Tests;

/// <summary>The real architecture with small dimensions and random weights.</summary>
internal static class SmallQwen
{
    public static Qwen2VLPolicy Create(Qwen2VLFamily family, TorchSharp.torch.Device? device = null)
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(["What is seen in this picture?"], 280, Qwen2VLTokens.All);
        int Id(string token) => Qwen2VLTokens.IdOf(tokenizer, token);
        bool second = family == Qwen2VLFamily.Qwen25VL;
        Qwen2VLConfiguration configuration = new()
        {
            Family = family,
            TieWordEmbeddings = !second,
            ImageTokenId = Id(Qwen2VLTokens.ImagePlaceholder),
            VideoTokenId = Id(Qwen2VLTokens.VideoPlaceholder),
            VisionStartTokenId = Id(Qwen2VLTokens.VisionStart),
            VisionEndTokenId = Id(Qwen2VLTokens.VisionEnd),
            Text = new Qwen2VLTextConfiguration
            {
                VocabularySize = 290,
                HiddenSize = 32,
                IntermediateSize = 48,
                LayerCount = 2,
                HeadCount = 4,
                KeyValueHeadCount = 2,
                RotarySections = [1, 2, 1],
                RotaryBase = 100,
                ContextLength = 256,
                InitializerRange = 0.3,
            },
            Vision = new Qwen2VLVisionConfiguration
            {
                Depth = 2,
                Width = 16,
                HeadCount = 2,
                MlpWidth = 32,
                OutputSize = 32,
                Activation = second ? "silu" : "quick_gelu",
                InitializerRange = 0.3,
                WindowSize = second ? 56 : 0,
                FullAttentionBlocks = second ? [1] : [],
                TokensPerSecond = second ? 2 : 0,
            },
        };
        ImageProcessor images = new(new ImageProcessorConfiguration { MinPixels = 56 * 56, MaxPixels = 84 * 84 });
        return Qwen2VLPolicy.CreateRandom(configuration, new Qwen2VLProcessor(tokenizer, images), seed: 5, device);
    }
}
