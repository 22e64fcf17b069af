using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A copy of a bfloat16 matrix in the layout in which oneDNN, inside libtorch, multiplies fastest. A product with few
/// rows otherwise spends half of its time on laying the matrix out, each time anew.
/// </summary>
internal sealed class PackedWeight : IDisposable
{
    // A product smaller than this is done before the layout matters.
    private const long FewestWeights = 1 << 17;

    // Measured: below it BrainFloatProduct is as fast or faster.
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
    /// Whether the processor has what oneDNN needs for bfloat16, as libtorch checks it; asking libtorch would print its stack.
    /// </summary>
    public static bool IsSupported { get; } =
        RuntimeInformation.ProcessArchitecture != Architecture.X64
        || (Avx512BW.VL.IsSupported && Avx512DQ.IsSupported);

    /// <summary>Rows from which on products with a packed matrix are the faster ones.</summary>
    public static long FewestRows =>
        !IsSupported ? long.MaxValue : BrainFloatProduct.IsSupported ? FewestRowsBesideKernel : 1;

    /// <summary>Whether the matrix takes no gradient.</summary>
    public bool IsFrozen => !_source.requires_grad;

    /// <summary>Bytes that a matrix takes packed; 0 where packing brings nothing.</summary>
    /// <param name="weight"><c>[output, input]</c></param>
    public static long BytesFor(Tensor weight) =>
        weight.dtype == ScalarType.BFloat16 && weight.device_type == DeviceType.CPU && weight.numel() >= FewestWeights
        && IsSupported
            ? weight.numel() * weight.ElementSize : 0;

    /// <summary>Packs a matrix, or gives null where that brings nothing or libtorch can't.</summary>
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
            // A libtorch without oneDNN: the plain product is used.
            return null;
        }
    }

    /// <summary>This, if it was packed of that matrix: an adapter may have put another in its place.</summary>
    public PackedWeight? For(Tensor weight) => ReferenceEquals(weight, _source) ? this : null;

    /// <summary>Whether this was packed of that matrix as it is now.</summary>
    public bool IsOf(Tensor weight) => ReferenceEquals(weight, _source) && VersionOf(weight) == _version;

    /// <summary><c>y = x Wᵀ + b</c></summary>
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

    // libtorch counts in-place changes of a tensor.
    internal static long VersionOf(Tensor tensor)
    {
        using OperatorCall call = new("aten::_version"u8, ""u8);
        call.Add(tensor);
        return call.InvokeInteger();
    }
}
