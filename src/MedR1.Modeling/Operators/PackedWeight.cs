using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A copy of a bfloat16 matrix in the layout that oneDNN, inside libtorch, multiplies fastest. Otherwise a product with few
/// rows spends half of its time reordering the matrix.
/// </summary>
internal sealed class PackedWeight : IDisposable
{
    // For smaller matrices the layout does not matter.
    private const long FewestWeights = 1 << 17;

    // Measured: for fewer rows, BrainFloatProduct is at least as fast.
    private const long FewestRowsBesideKernel = 24;

    private readonly Tensor _packed;

    private readonly Tensor _source;

    private readonly long _version;

    private PackedWeight(Tensor source, Tensor packed)
    {
        _source = source;
        _packed = packed;
        _version = VersionOf(source);
    }

    /// <summary>
    /// Whether the processor meets oneDNN's requirements for bfloat16, by the same check as libtorch; libtorch's own check would
    /// print a stack trace.
    /// </summary>
    public static bool IsSupported { get; } =
        RuntimeInformation.ProcessArchitecture != Architecture.X64
        || (Avx512BW.VL.IsSupported && Avx512DQ.IsSupported);

    /// <summary>The number of rows from which products with a packed matrix are the fastest.</summary>
    public static long FewestRows =>
        !IsSupported ? long.MaxValue : BrainFloatProduct.IsSupported ? FewestRowsBesideKernel : 1;

    /// <summary>Whether the matrix is frozen.</summary>
    public bool IsFrozen => !_source.requires_grad;

    /// <summary>Returns the bytes of the packed copy of a matrix; 0 if packing does not help.</summary>
    /// <param name="weight"><c>[output, input]</c></param>
    public static long BytesFor(Tensor weight) =>
        weight.dtype == ScalarType.BFloat16 && weight.device_type == DeviceType.CPU && weight.numel() >= FewestWeights
        && IsSupported
            ? weight.numel() * weight.ElementSize : 0;

    /// <summary>Packs a matrix; returns <see langword="null"/> if packing does not help or libtorch doesn't support it.</summary>
    /// <param name="weight"><c>[output, input]</c></param>
    public static PackedWeight? TryCreate(Tensor weight)
    {
        if (BytesFor(weight) == 0)
        {
            return null;
        }

        using IDisposable noGradient = no_grad();
        using OperatorCall call = new("mkldnn::_reorder_linear_weight"u8, ""u8);
        call.Add(weight);
        call.AddNone();
        try
        {
            return new PackedWeight(weight, call.Invoke().DetachFromDisposeScope());
        }
        catch (TorchOperatorException)
        {
            // libtorch was built without oneDNN; the plain product is used.
            return null;
        }
    }

    /// <summary>
    /// Returns this copy if it was packed from the given matrix, which an adapter may have replaced; otherwise
    /// <see langword="null"/>.
    /// </summary>
    public PackedWeight? For(Tensor weight) => ReferenceEquals(weight, _source) ? this : null;

    /// <summary>Whether this copy was packed from the given matrix, which has not changed since.</summary>
    public bool IsOf(Tensor weight) => ReferenceEquals(weight, _source) && VersionOf(weight) == _version;

    /// <summary>Computes <c>y = x Wᵀ + b</c>.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or <see langword="null"/> for none.</param>
    /// <returns><c>[…, output]</c></returns>
    public Tensor Multiply(Tensor input, Tensor? bias)
    {
        using OperatorCall call = new("mkldnn::_linear_pointwise"u8, ""u8);
        call.Add(input);
        call.Add(_packed);
        call.AddOptional(bias);
        call.AddText("none"u8);
        call.Add(ReadOnlySpan<long>.Empty);
        call.AddNone();
        return call.Invoke();
    }

    public void Dispose() => _packed.Dispose();

    // Returns libtorch's counter of in-place changes of a tensor.
    internal static long VersionOf(Tensor tensor)
    {
        using OperatorCall call = new("aten::_version"u8, ""u8);
        call.Add(tensor);
        return call.InvokeInteger();
    }
}
