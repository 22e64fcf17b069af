using System.Globalization;

using MedR1.Modeling.Tests.Runtime;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Safetensors;

/// <summary>Loading a checkpoint takes little memory beyond its weights, measured in a separate process.</summary>
public sealed class LoadingMemoryTests : IDisposable
{
    private readonly Probe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Stays_below_the_weights_and_a_fifth(ScalarType type) =>
        Assert.InRange(PeakShare(rows: 9 << 10, "load", $"{type}"), 0.9, 1.2);

    // Relative to 27 MiB in 8 bits: the tensors of the file are twice as large.
    [Fact]
    public void Stays_below_the_weights_and_a_fifth_in_8_bits() => Assert.InRange(PeakShare(rows: 27 << 10, "quantize"), 0.9, 1.2);

    private double PeakShare(long rows, string mode, params string[] more)
    {
        // Eight tensors: a leak of the conversion's buffer of 16 MiB would show.
        using Tensor tensor = zeros(rows, 1 << 10, bfloat16);
        CheckpointWriter.Write(
            _probe.Folder, [.. Enumerable.Range(0, 8).Select(index => SafetensorsItem.Of($"w{index}", tensor))]);

        (int code, string output) = _probe.Run([mode, _probe.Folder, .. more], Probe.Packages);

        Assert.True(code == 0, output);
        return double.Parse(output.Split("peak share: ")[1], CultureInfo.InvariantCulture);
    }
}
