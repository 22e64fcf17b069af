using System.CommandLine;
using MedR1.Models.Qwen2VL;

namespace MedR1.Benchmarks.Commands;

/// <summary>Arguments that several commands take.</summary>
internal static class CommonArguments
{
    public static Argument<DirectoryInfo> Checkpoint() => new("folder") { Description = "The folder of the checkpoint." };

    public static Option<WeightQuantization> Quantization() => new("--quantize")
    {
        Description = "Which weights are held in 8 bits.", DefaultValueFactory = _ => WeightQuantization.None,
    };

    public static Option<int> Number(string name, string description, int standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };
}
