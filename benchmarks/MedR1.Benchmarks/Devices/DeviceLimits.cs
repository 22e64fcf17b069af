using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>What a device can do, measured beside the work that is compared with it.</summary>
/// <param name="BytesPerSecond">Read and written together, by a copy.</param>
/// <param name="FlopsPerSecond">Of a product of square bf16 matrices.</param>
internal sealed record DeviceLimits(double BytesPerSecond, double FlopsPerSecond)
{
    private const int Repetitions = 10;

    /// <summary>
    /// Measures copies of 1 GiB and products of 8192³, ten in a row, the best of five; smaller ones on the CPU. Ahead of a model,
    /// because the model then takes the memory that this leaves.
    /// </summary>
    public static DeviceLimits Measure(Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        bool isCpu = device.type == DeviceType.CPU;
        Tensor source = zeros(isCpu ? 1L << 24 : 1L << 29, dtype: ScalarType.BFloat16, device: device);
        Tensor target = empty_like(source);
        double copy = Best(device, () => target.copy_(source));
        long side = isCpu ? 512 : 8192;
        Tensor left = ones(side, side, dtype: ScalarType.BFloat16, device: device);
        double product = Best(device, () => left.matmul(left).Dispose());
        return new DeviceLimits(2.0 * source.numel() * source.ElementSize / copy, 2.0 * side * side * side / product);
    }

    /// <summary>Waits until the device has done all that it was given.</summary>
    public static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }

    /// <summary>The seconds of some work, from an idle device to an idle device.</summary>
    public static double Time(Device device, Action work)
    {
        Wait(device);
        Stopwatch clock = Stopwatch.StartNew();
        work();
        Wait(device);
        return clock.Elapsed.TotalSeconds;
    }

    public override string ToString() =>
        $"the device copies {BytesPerSecond / 1e9:F0} GB/s (read and written) and multiplies bf16 at "
        + $"{FlopsPerSecond / 1e12:F1} TFLOP/s";

    private static double Best(Device device, Action work) =>
        Enumerable.Range(0, 6).Select(_ => Time(device, () =>
        {
            for (int i = 0; i < Repetitions; i++)
            {
                work();
            }
        })).Skip(1).Min() / Repetitions;
}
