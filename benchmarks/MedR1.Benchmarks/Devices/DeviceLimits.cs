using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>The limits of a device, measured in the same run as the work that is compared with them.</summary>
/// <param name="BytesPerSecond">The speed of a copy, counting bytes read and written.</param>
/// <param name="FlopsPerSecond">The speed of a product of square bf16 matrices.</param>
internal sealed record DeviceLimits(double BytesPerSecond, double FlopsPerSecond)
{
    private const int Repetitions = 10;

    /// <summary>
    /// Measures copies of 1 GiB and products of 8192³, ten in a row, the best of five; smaller ones on the CPU. Runs before a model
    /// is loaded, which then reuses the memory.
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

    /// <summary>Waits until the device has finished all submitted work.</summary>
    public static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }

    /// <summary>Measures the seconds of work, from an idle device to an idle device.</summary>
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
