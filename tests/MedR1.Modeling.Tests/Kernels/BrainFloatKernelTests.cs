using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Kernels;

/// <summary>Tests the kernel for processors without AVX512_BF16 on every processor that can run it.</summary>
public sealed unsafe class BrainFloatKernelTests
{
    // Rows around the sizes of a tile (2 and 3) and the limit for widening weights in registers (12); widths around a piece (512).
    [KernelTheory(typeof(Avx2Kernel))]
    [InlineData(1, 32, 4, false)]
    [InlineData(2, 512, 36, false)]
    [InlineData(3, 544, 68, true)]
    [InlineData(8, 1536, 40, false)]
    [InlineData(12, 1056, 128, true)]
    [InlineData(13, 1056, 132, false)]
    [InlineData(16, 512, 8, true)]
    [InlineData(128, 800, 260, false)]
    public void It_gives_the_exact_product_rounded_once(int rows, int width, int outputs, bool isOfCodes)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(67, CPU);
        Tensor input = randn([rows, width], generator: generator).bfloat16();
        Tensor weight = isOfCodes
            ? randint(-127, 128, [outputs, width], ScalarType.Int8, generator: generator)
            : randn([outputs, width], generator: generator).bfloat16();
        Tensor bias = randn([outputs], generator: generator).bfloat16();
        Tensor? scale = isOfCodes ? rand([outputs], generator: generator) : null;
        Tensor actual = Avx2Kernel.Multiply(input, weight, bias, scale);

        (Tensor x, Tensor w, Tensor b) = (input.to(float64), weight.to(float64), bias.to(float64));
        Tensor factor = scale?.to(float64) ?? ones(outputs, dtype: float64);
        Tensor exact = x.matmul(w.t()) * factor + b;
        Tensor magnitude = x.abs().matmul(w.abs().t()) * factor + b.abs();
        Tensor allowed = exact.abs() * Math.Pow(2, -8) + magnitude * 16 * Math.Pow(2, -24);
        Assert.True((actual.to(float64) - exact).abs().le(allowed).all().item<bool>());
    }

    [KernelTheory(typeof(Avx2Kernel))]
    [InlineData(800, 132)]
    [InlineData(512, 36)]
    [InlineData(2560, 20)]
    public void A_row_has_the_same_bits_alone_and_in_a_batch(int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(71, CPU);
        Tensor input = randn([128, width], generator: generator).bfloat16();
        Tensor weight = randn([outputs, width], generator: generator).bfloat16();
        RowBits.AreIndependentOfCompanyAndThreads(input, rows => Avx2Kernel.Multiply(rows, weight, null, null));
    }

    [KernelFact(typeof(Avx2Kernel))]
    public void Infinity_and_NaN_are_propagated()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones([1, 32], ScalarType.BFloat16);
        Tensor weight = ones([4, 32], ScalarType.BFloat16);
        weight[1, 7] = float.PositiveInfinity;
        weight[2, 8] = float.NaN;
        Assert.Equal(
            [32f, float.PositiveInfinity, float.NaN, 32f],
            Avx2Kernel.Multiply(input, weight, null, null).to(float32).data<float>());
    }

    private static class Avx2Kernel
    {
        public static bool IsSupported => NativeKernels.BrainFloatProductOfAvx2 is not null;

        public static Tensor Multiply(Tensor input, Tensor weight, Tensor? bias, Tensor? scale)
        {
            Tensor rows = input.contiguous();
            Tensor result = empty([input.shape[0], weight.shape[0]], ScalarType.BFloat16);
            bool isOfCodes = weight.dtype == ScalarType.Int8;
            BrainFloatProduct.Product product = new()
            {
                Rows = (ushort*)TensorMemory.AddressOf(rows),
                Weight = isOfCodes ? null : (ushort*)TensorMemory.AddressOf(weight),
                Codes = isOfCodes ? (sbyte*)TensorMemory.AddressOf(weight) : null,
                Scale = scale is null ? null : (float*)TensorMemory.AddressOf(scale),
                Bias = bias is null ? null : (ushort*)TensorMemory.AddressOf(bias),
                Result = (ushort*)TensorMemory.AddressOf(result),
                Count = input.shape[0],
                Width = input.shape[1],
                Outputs = weight.shape[0],
            };
            int parts = BrainFloatProduct.Divide(ref product);
            for (int part = 0; part < parts; part++)
            {
                NativeKernels.BrainFloatProductOfAvx2(&product, part);
            }

            GC.KeepAlive(rows);
            return result;
        }
    }
}
