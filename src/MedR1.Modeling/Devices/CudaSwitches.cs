namespace MedR1.Modeling;

/// <summary>
/// What the library does of its own on a GPU, each switched off by an environment variable that is 0: to find out who is
/// at fault where a new driver or GPU misbehaves.
/// </summary>
internal static class CudaSwitches
{
    /// <summary><c>MEDR1_CUDA_KERNELS</c>: whether the library's own kernels are used (<see cref="CudaKernels"/>).</summary>
    public static bool UsesKernels { get; } = IsOn("MEDR1_CUDA_KERNELS");

    /// <summary><c>MEDR1_CUDA_EARLY_START</c>: whether a step's kernels start while the one before still runs.</summary>
    public static bool UsesEarlyStart { get; } = IsOn("MEDR1_CUDA_EARLY_START");

    /// <summary><c>MEDR1_CUDA_GRAPHS</c>: whether work is recorded (<see cref="CudaGraph"/>).</summary>
    public static bool UsesGraphs { get; } = IsOn("MEDR1_CUDA_GRAPHS");

    private static bool IsOn(string variable) => Environment.GetEnvironmentVariable(variable) != "0";
}
