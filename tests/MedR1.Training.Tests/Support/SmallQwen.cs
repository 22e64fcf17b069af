using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Training.Tests;

/// <summary>A Qwen2-VL of two layers with random weights, from tests/Golden, and prompts for it.</summary>
internal static class SmallQwen
{
    public static string Folder { get; } = Find();

    public static Qwen2VLPolicy Load(
        WeightQuantization quantization = WeightQuantization.None, TorchSharp.torch.Device? device = null) =>
        Qwen2VLPolicy.Load(Folder, device, quantization: quantization);

    /// <summary>An adapter with dropout on every linear layer of the decoder.</summary>
    public static LoraPolicy Adapt(Qwen2VLPolicy policy, double dropout, long seed = 5) => LoraPolicy.Create(
        policy,
        new LoraOptions { Rank = 2, TargetModules = ModuleSelection.AllLinear, Dropout = dropout },
        seed);

    /// <summary>Questions about images of different sizes, and every third without one.</summary>
    public static IReadOnlyList<VqaPrompt> Prompts(int count) => [.. Enumerable.Range(0, count).Select(index =>
        VqaPrompt.Ask($"What is {index}?", index % 3 == 2 ? [] : [Image(28 * (1 + index % 2), 56, index)]) with
        {
            Example = new VqaExample { Id = $"example {index}", Question = "?", Answer = "A" },
        })];

    public static PixelImageSource Image(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new PixelImageSource($"noise {seed}", new RgbImage(width, height, pixels));
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string model = Path.Combine(folder.FullName, "tests", "Golden", "models", "grpo-trajectory-tied");
            if (Directory.Exists(model))
            {
                return model;
            }
        }

        throw new DirectoryNotFoundException($"No tests/Golden above '{AppContext.BaseDirectory}'.");
    }
}
