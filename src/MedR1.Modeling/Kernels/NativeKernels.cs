using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// The kernels in the folder <c>Native</c>: for AVX512_BF16 (AMD Zen 4, Intel Cooper Lake and Sapphire Rapids, and later), whose
/// instructions .NET doesn't support, and for AVX2, where a C compiler allocates registers better. They require Linux; on other
/// systems libtorch is used.
/// </summary>
internal static unsafe class NativeKernels
{
    private const string Image = "MedR1.Modeling.brain_float_product.linux-x64.so";

    // AVX512_BF16 is a bit of EAX of CPUID leaf 7, subleaf 1.
    private const int BrainFloatLeaf = 7;
    private const int BrainFloatPart = 1;
    private const int BrainFloatBit = 5;

    private static readonly Lazy<nint> s_library = new(Load);

    /// <summary>Whether the processor has instructions for bfloat16 products (AVX512_BF16).</summary>
    public static bool HasBrainFloats { get; } =
        Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512CD.IsSupported
        && X86Base.CpuId(0, 0).Eax >= BrainFloatLeaf
        && X86Base.CpuId(BrainFloatLeaf, 0).Eax >= BrainFloatPart
        && ((X86Base.CpuId(BrainFloatLeaf, BrainFloatPart).Eax >> BrainFloatBit) & 1) == 1;

    /// <summary><c>medr1_brain_float_product_avx2</c>, or null if it can't run.</summary>
    public static delegate* unmanaged[Cdecl]<void*, long, void> BrainFloatProductOfAvx2 { get; } =
        Avx2.IsSupported && Fma.IsSupported ? Find("medr1_brain_float_product_avx2") : null;

    /// <summary>
    /// The kernel for this processor, or null if none can run. <c>MEDR1_CPU_KERNELS=0</c> disables it, to isolate the cause of wrong
    /// results.
    /// </summary>
    public static delegate* unmanaged[Cdecl]<void*, long, void> BrainFloatProduct { get; } =
        Environment.GetEnvironmentVariable("MEDR1_CPU_KERNELS") == "0" ? null
        : HasBrainFloats ? Find("medr1_brain_float_product") : BrainFloatProductOfAvx2;

    private static delegate* unmanaged[Cdecl]<void*, long, void> Find(string name) =>
        s_library.Value == 0 ? null
        : (delegate* unmanaged[Cdecl]<void*, long, void>)NativeLibrary.GetExport(s_library.Value, name);

    private static nint Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return 0;
        }

        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Image)!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        try
        {
            return MemoryLibrary.Load("medr1-kernels", image);
        }
        catch (Exception exception) when (exception is IOException or DllNotFoundException)
        {
            // The system does not allow code in memory files; libtorch's slower operators are used.
            return 0;
        }
    }
}
