using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Creates and checks devices of the loaded libtorch.</summary>
public static class TorchDevices
{
    /// <summary>Returns a CUDA device after checking that it is usable, unlike TorchSharp's <see cref="CUDA"/>.</summary>
    /// <param name="index">The index of the GPU, from 0; -1 for libtorch's current GPU.</param>
    /// <exception cref="TorchDeviceException">libtorch has no CUDA, finds no GPU, or none with that index.</exception>
    public static Device Cuda(int index = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, -1);
        Device device = new(DeviceType.CUDA, index);
        RequireUsable(device);
        return device;
    }

    /// <summary>
    /// Checks that a device is usable, before anything is allocated on it. CUDA devices are checked against libtorch's GPUs; every
    /// other device passes.
    /// </summary>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="TorchDeviceException">libtorch has no CUDA, finds no GPU, or none with that index.</exception>
    public static void RequireUsable(Device? device)
    {
        if (device is null || device.type != DeviceType.CUDA)
            return;
        TorchRuntimeReport runtime = TorchRuntime.Initialize();
        int count = runtime.HasCuda && cuda.is_available() ? cuda.device_count() : 0;
        if (Problem(device.index, count, runtime) is { } problem)
            throw new TorchDeviceException(device.ToString(), problem);
    }

    /// <summary>Returns why a GPU can't be used and the fix, or <see langword="null"/> if it can be used.</summary>
    internal static string? Problem(int index, int count, TorchRuntimeReport runtime)
    {
        string libtorch = $"libtorch {runtime.LibtorchVersion} in '{runtime.LibtorchFolder}' (found by: {runtime.Source})";
        if (!runtime.HasCuda)
        {
            return $"{libtorch} is a CPU build. Before the first use of TorchSharp set "
                + $"{TorchRuntime.EnvironmentVariable}, or {nameof(TorchRuntimeOptions)}."
                + $"{nameof(TorchRuntimeOptions.LibtorchFolder)} in TorchRuntime.Initialize, to the lib folder of a CUDA "
                + $"build of libtorch {LibtorchVersionReader.Required}, and reference no libtorch-cpu package. See docs/gpu.md.";
        }

        if (count == 0)
        {
            return $"{libtorch} finds no GPU. Check whether nvidia-smi shows one, whether CUDA_VISIBLE_DEVICES hides it, and "
                + "whether the driver is new enough for the build's CUDA version.";
        }

        return index < count
            ? null
            : $"{libtorch} finds {(count == 1 ? "one GPU, cuda:0" : $"{count} GPUs, cuda:0 to cuda:{count - 1}")}.";
    }
}
