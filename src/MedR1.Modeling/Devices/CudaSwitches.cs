namespace MedR1.Modeling;

/// <summary>
/// Switches for the library's own GPU code, each disabled by setting an environment variable to 0, to isolate problems with
/// a new driver or GPU.
/// </summary>
internal static class CudaSwitches
{
    /// <summary><c>MEDR1_CUDA_KERNELS</c>: whether the library's own kernels are used (<see cref="CudaKernels"/>).</summary>
    public static bool UsesKernels { get; } = IsOn("MEDR1_CUDA_KERNELS");

    /// <summary><c>MEDR1_CUDA_EARLY_START</c>: whether a step's kernels may start before the preceding kernel ends.</summary>
    public static bool UsesEarlyStart { get; } = IsOn("MEDR1_CUDA_EARLY_START");

    /// <summary><c>MEDR1_CUDA_GRAPHS</c>: whether work is recorded (<see cref="CudaGraph"/>).</summary>
    public static bool UsesGraphs { get; } = IsOn("MEDR1_CUDA_GRAPHS");

    private static bool IsOn(string variable) => Environment.GetEnvironmentVariable(variable) != "0";
}
