using System.Globalization;

using MedR1.Modeling.Tests.Runtime;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Safetensors;

/// <summary>Loading a checkpoint takes little memory beside its weights, measured in a process of its own.</summary>
public sealed class LoadingMemoryTests : IDisposable
{
    private readonly Probe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Stays_below_the_weights_and_a_fifth(ScalarType type)
    {
        // Eight tensors of 18 MiB in the file: a leak of the conversion's buffer of 16 MiB would show.
        using Tensor tensor = zeros(9 << 10, 1 << 10, bfloat16);
        CheckpointWriter.Write(
            _probe.Folder, [.. Enumerable.Range(0, 8).Select(index => SafetensorsItem.Of($"w{index}", tensor))]);

        (int code, string output) = _probe.Run(["load", _probe.Folder, $"{type}"], Probe.Packages);

        Assert.True(code == 0, output);
        string share = output.Split("peak share: ")[1];
        Assert.InRange(double.Parse(share, CultureInfo.InvariantCulture), 0.9, 1.2);
    }
}
