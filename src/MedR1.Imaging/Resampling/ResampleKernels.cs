using System.Runtime.Intrinsics;

namespace MedR1.Imaging;

/// <summary>Selects the implementation.</summary>
internal static class ResampleKernels
{
    /// <summary>The fastest implementation that the processor supports.</summary>
    public static ResampleKernel Best { get; } = Vector256.IsHardwareAccelerated
        ? ResampleKernel.Vector256
        : Vector128.IsHardwareAccelerated ? ResampleKernel.Vector128 : ResampleKernel.Scalar;
}
