using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Small prompts and examples.</summary>
internal static class TestData
{
    public static PixelImageSource Image(int seed)
    {
        Random random = new(seed);
        byte[] pixels = new byte[8 * 8 * 3];
        random.NextBytes(pixels);
        return new PixelImageSource($"picture {seed}", new RgbImage(8, 8, pixels));
    }

    public static VqaPrompt Prompt(int index, int images = 1) => VqaPrompt.Ask(
        new string((char)('a' + index % 26), 1 + index % 5),
        [.. Enumerable.Range(0, images).Select(image => Image(index * 10 + image))]) with
    {
        Example = new VqaExample { Id = $"example {index}", Question = "?", Answer = "A" },
    };

    public static IReadOnlyList<VqaPrompt> Prompts(int count) =>
        [.. Enumerable.Range(0, count).Select(index => Prompt(index, index % 3))];

    public static IReadOnlyList<SupervisedExample> Examples(int count) =>
        [.. Enumerable.Range(0, count).Select(index =>
            SupervisedExample.Answer(Prompt(index, index % 3), new string((char)('A' + index % 4), 1 + index % 3)))];

    public static TinyPolicy Policy(long seed = 1) => new(new TinyPolicyOptions { Seed = seed });

    public static float[][] Weights(MedR1.Modeling.IVisionLanguagePolicy policy) =>
        [.. policy.Parameters.Select(pair =>
            pair.Value.detach().to(TorchSharp.torch.ScalarType.Float32).cpu().contiguous().data<float>().ToArray())];
}
