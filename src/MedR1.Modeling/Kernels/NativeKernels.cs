using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// The kernels of the folder <c>Native</c>, for instructions that .NET doesn't have. They run on Linux, on processors with
/// AVX512_BF16 (AMD Zen 4, Intel Cooper Lake and Sapphire Rapids, and later ones); elsewhere libtorch does their work.
/// </summary>
internal static unsafe class NativeKernels
{
    private const string Image = "MedR1.Modeling.brain_float_product.linux-x64.so";

    // CPUID leaf 7, subleaf 1: the bit of EAX.
    private const int BrainFloatLeaf = 7;
    private const int BrainFloatPart = 1;
    private const int BrainFloatBit = 5;

    /// <summary>
    /// The address of <c>medr1_brain_float_product</c>, or 0 where it can't run. <c>MEDR1_CPU_KERNELS=0</c> leaves it out, to
    /// find out who is at fault where a result looks wrong.
    /// </summary>
    public static nint BrainFloatProduct { get; } =
        Environment.GetEnvironmentVariable("MEDR1_CPU_KERNELS") != "0" && HasInstructions() ? Load() : 0;

    private static bool HasInstructions() =>
        OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture == Architecture.X64
        && Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512CD.IsSupported
        && X86Base.CpuId(0, 0).Eax >= BrainFloatLeaf
        && X86Base.CpuId(BrainFloatLeaf, 0).Eax >= BrainFloatPart
        && ((X86Base.CpuId(BrainFloatLeaf, BrainFloatPart).Eax >> BrainFloatBit) & 1) == 1;

    private static nint Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Image)!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        try
        {
            return NativeLibrary.GetExport(
                MemoryLibrary.Load("medr1-kernels", image), "medr1_brain_float_product");
        }
        catch (Exception exception) when (exception is IOException or DllNotFoundException)
        {
            // A system that does not run code from memory: slower, not wrong.
            return 0;
        }
    }
}
