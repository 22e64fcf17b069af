using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Benchmarks.Steps;

/// <summary>Prompts about images of noise.</summary>
internal static class StepPrompts
{
    /// <summary>A question about a square image.</summary>
    public static VqaPrompt Ask(int side, string question, int seed = 1)
    {
        byte[] pixels = new byte[side * side * 3];
        new Random(seed).NextBytes(pixels);
        return VqaPrompt.Ask(question, new PixelImageSource($"noise {seed}", new RgbImage(side, side, pixels))) with
        {
            Example = new VqaExample { Id = $"example {seed}", Question = question, Answer = "" },
        };
    }

    /// <summary>The prompt of the real shape's rollouts: 196 image tokens and a short text.</summary>
    public static VqaPrompt Describe(int seed) => Ask(384, "Describe this image.", seed);

    /// <summary>A question with a given number of tokens, including template and image.</summary>
    public static VqaPrompt OfLength(Qwen2VLProcessor processor, int side, int tokens)
    {
        // Each word of the vocabulary adds one token.
        int without = processor.Encode(Ask(side, "Describe.")).TokenIds.Count;
        return Ask(side, $"Describe.{string.Concat(Enumerable.Repeat(" the", Math.Max(0, tokens - without)))}");
    }
}
