using System.CommandLine;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Benchmarks.Commands;

/// <summary>Arguments of several commands.</summary>
internal static class CommonArguments
{
    public static Argument<DirectoryInfo> Checkpoint() => new("folder") { Description = "The folder of the checkpoint." };

    public static Option<DirectoryInfo> CheckpointOption(string description) =>
        new("--folder") { Description = description, Required = true };

    public static Option<string> Device(string standard) => new("--device")
    {
        Description = "The device: cpu or cuda.", DefaultValueFactory = _ => standard,
    };

    public static Option<WeightQuantization> Quantization() => new("--quantize")
    {
        Description = "Which weights are stored in 8 bits.", DefaultValueFactory = _ => WeightQuantization.None,
    };

    public static Option<WeightStorage> Weights() => new("--weights")
    {
        Description = "Where the weights are stored.", DefaultValueFactory = _ => WeightStorage.MappedFiles,
    };

    public static Option<int> Number(string name, string description, int standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };
}
