using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>
/// Models of a few thousand parameters with weights far from zero, so that each part affects the result.
/// </summary>
internal static class TinyModel
{
    private const int VocabularySize = 320;

    public static BytePairTokenizer Tokenizer { get; } = BytePairTrainer.Train(
        Enumerable.Repeat("What is shown in this image? The chest, the heart, the lung. You are a helpful assistant.",
            4),
        VocabularySize - 20, Qwen2VLTokens.All);

    public static int ImageToken => Tokenizer.SpecialTokens[Qwen2VLTokens.ImagePlaceholder];

    public static Qwen2VLConfiguration Configuration(
        Qwen2VLFamily family = Qwen2VLFamily.Qwen2VL, bool tied = true) => new()
    {
        Family = family,
        TieWordEmbeddings = tied,
        ImageTokenId = ImageToken,
        VideoTokenId = Tokenizer.SpecialTokens[Qwen2VLTokens.VideoPlaceholder],
        VisionStartTokenId = Tokenizer.SpecialTokens[Qwen2VLTokens.VisionStart],
        VisionEndTokenId = Tokenizer.SpecialTokens[Qwen2VLTokens.VisionEnd],
        Text = new Qwen2VLTextConfiguration
        {
            VocabularySize = VocabularySize,
            HiddenSize = 32,
            IntermediateSize = 40,
            LayerCount = 2,
            HeadCount = 4,
            KeyValueHeadCount = 2,
            RotarySections = [1, 1, 2],
            RotaryBase = 50,
            ContextLength = 64,
            InitializerRange = 0.25,
            EndTokenId = Tokenizer.SpecialTokens[Qwen2VLTokens.MessageEnd],
        },
        Vision = new Qwen2VLVisionConfiguration
        {
            Depth = 2,
            Width = 16,
            HeadCount = 2,
            MlpWidth = 32,
            OutputSize = 32,
            PatchSize = 4,
            InitializerRange = 0.25,
            Activation = family == Qwen2VLFamily.Qwen2VL ? "quick_gelu" : "silu",
            WindowSize = family == Qwen2VLFamily.Qwen2VL ? 0 : 16,
            FullAttentionBlocks = family == Qwen2VLFamily.Qwen2VL ? [] : [1],
            TokensPerSecond = family == Qwen2VLFamily.Qwen2VL ? 0 : 2,
        },
    };

    public static Qwen2VLProcessor Processor() => new(
        Tokenizer,
        new ImageProcessor(new ImageProcessorConfiguration { PatchSize = 4, MinPixels = 64, MaxPixels = 1024 }));

    public static Qwen2VLPolicy Create(
        Qwen2VLFamily family = Qwen2VLFamily.Qwen2VL, long seed = 1, bool tied = true,
        ScalarType dataType = ScalarType.Float32)
    {
        Qwen2VLPolicy policy =
            Qwen2VLPolicy.CreateRandom(Configuration(family, tied), Processor(), seed, CPU, dataType);
        using IDisposable noGradient = no_grad();
        using var generator = new Generator((ulong)seed + 100, CPU);
        foreach ((_, TorchSharp.Modules.Parameter parameter) in policy.Parameters.Where(entry =>
            entry.Value.dim() == 1))
        {
            using Tensor noise = empty(parameter.shape).normal_(0, 0.2, generator);
            parameter.add_(noise);
        }

        return policy;
    }

    /// <summary>Random patches of one image.</summary>
    public static EncodedImage Image(int rows, int columns, int seed, int frames = 1)
    {
        var random = new Random(seed);
        float[] values = new float[frames * rows * columns * 3 * 2 * 4 * 4];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = (float)(random.NextDouble() * 4 - 2);
        }

        return new EncodedImage(new ImageGrid(frames, rows, columns), values);
    }

    /// <summary>Words around the placeholders of images.</summary>
    public static EncodedPrompt Prompt(int words, int seed, params EncodedImage[] images)
    {
        var random = new Random(seed);
        Qwen2VLConfiguration configuration = Configuration();
        List<int> tokens = [];
        foreach (EncodedImage image in images)
        {
            tokens.Add(random.Next(250));
            tokens.Add(configuration.VisionStartTokenId);
            tokens.AddRange(Enumerable.Repeat(ImageToken, image.Grid.PatchCount / 4));
            tokens.Add(configuration.VisionEndTokenId);
        }

        tokens.AddRange(Words(words, seed + 1000));
        return new EncodedPrompt(tokens, images);
    }

    public static int[] Words(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(250))];
    }

    public static float[] Values(this Tensor tensor)
    {
        using Tensor wide = tensor.detach().to(ScalarType.Float32).contiguous();
        return wide.data<float>().ToArray();
    }

    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> got, double tolerance = 2e-5)
    {
        Assert.Equal(expected.Length, got.Length);
        for (int index = 0; index < expected.Length; index++)
        {
            bool near = expected[index].Equals(got[index])
                || Math.Abs(expected[index] - got[index]) <= tolerance * Math.Max(1, Math.Abs(expected[index]));
            Assert.True(near, $"[{index}] got {got[index]}, expected {expected[index]}");
        }
    }
}
