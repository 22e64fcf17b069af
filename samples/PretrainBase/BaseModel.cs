using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Samples.PretrainBase;

/// <summary>A small, untrained Qwen2-VL: its vocabulary and image processing.</summary>
internal static class BaseModel
{
    private const int VocabularySize = 1536;

    /// <summary>The control tokens of Qwen2-VL in their published order.</summary>
    private static readonly string[] ControlTokens =
    [
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
        "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
    ];

    /// <summary>Creates the model with random weights.</summary>
    /// <param name="size">The size of the model.</param>
    /// <param name="corpus">The texts to train the vocabulary on.</param>
    /// <param name="seed">The seed of the weights.</param>
    public static Qwen2VLPolicy Create(BaseSize size, IEnumerable<string> corpus, long seed)
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(corpus, VocabularySize, ControlTokens);
        Qwen2VLConfiguration configuration = new()
        {
            Family = Qwen2VLFamily.Qwen2VL,
            TieWordEmbeddings = true,
            ImageTokenId = tokenizer.SpecialTokens["<|image_pad|>"],
            VideoTokenId = tokenizer.SpecialTokens["<|video_pad|>"],
            VisionStartTokenId = tokenizer.SpecialTokens["<|vision_start|>"],
            VisionEndTokenId = tokenizer.SpecialTokens["<|vision_end|>"],
            VisionPadTokenId = tokenizer.SpecialTokens["<|vision_pad|>"],
            Text = new Qwen2VLTextConfiguration
            {
                VocabularySize = VocabularySize,
                HiddenSize = size.Width,
                IntermediateSize = 3 * size.Width,
                LayerCount = size.LayerCount,
                InitializerRange = 0.05,
                HeadCount = size.HeadCount,
                KeyValueHeadCount = size.KeyValueHeadCount,
                RotarySections = [4, 6, 6],
                RotaryBase = 10_000,
                ContextLength = 1024,
                BeginTokenId = tokenizer.SpecialTokens["<|endoftext|>"],
                EndTokenId = tokenizer.SpecialTokens["<|im_end|>"],
            },
            Vision = new Qwen2VLVisionConfiguration
            {
                Depth = size.VisionDepth,
                Width = size.VisionWidth,
                HeadCount = 4,
                MlpWidth = 3 * size.VisionWidth,
                OutputSize = size.Width,
                Activation = "quick_gelu",
            },
        };

        // A processor that is loaded from files copies them to every checkpoint that is saved.
        DirectoryInfo files = Directory.CreateTempSubdirectory("medr1-base-");
        try
        {
            tokenizer.Save(files.FullName);
            ImageProcessorConfiguration images = new() { MinPixels = 56 * 56, MaxPixels = 84 * 84 };
            File.WriteAllBytes(Path.Combine(files.FullName, "preprocessor_config.json"), images.ToJson());
            Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(configuration, Qwen2VLProcessor.Load(files.FullName), seed);
            MimeticStart.Set(policy);
            return policy;
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }
}
