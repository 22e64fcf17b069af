using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Kernels;

/// <summary>Tests the kernel of this processor, and the one without AVX512_BF16 on every processor that can run it.</summary>
public sealed unsafe class BrainFloatKernelTests
{
    /// <summary>
    /// Rows around the sizes of a tile (2, 3 and 8) and the limit for widening weights in registers (12); widths around a piece (512);
    /// outputs that are and are not three equal thirds, down to none in the last.
    /// </summary>
    public static TheoryData<int, int, int, bool> Products => new()
    {
        { 1, 32, 4, false },
        { 2, 512, 36, false },
        { 3, 544, 68, true },
        { 5, 1536, 4, true },
        { 8, 1536, 40, false },
        { 8, 1536, 44, true },
        { 9, 64, 52, true },
        { 12, 1056, 128, true },
        { 13, 1056, 132, false },
        { 16, 512, 8, true },
        { 128, 800, 260, false },
    };

    [KernelTheory(typeof(BrainFloatProduct))]
    [MemberData(nameof(Products))]
    public void It_gives_the_exact_product_rounded_once(int rows, int width, int outputs, bool isOfCodes) =>
        GivesTheExactProduct(OwnKernel, rows, width, outputs, isOfCodes);

    [KernelTheory(typeof(Avx2Kernel))]
    [MemberData(nameof(Products))]
    public void That_of_avx2_gives_the_exact_product_rounded_once(int rows, int width, int outputs, bool isOfCodes) =>
        GivesTheExactProduct(Avx2Kernel.Multiply, rows, width, outputs, isOfCodes);

    [KernelTheory(typeof(BrainFloatProduct))]
    [InlineData(800, 136)]
    [InlineData(2560, 20)]
    public void A_row_times_weights_in_8_bits_has_the_same_bits_alone_and_in_a_batch(int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(73, CPU);
        Tensor input = randn([128, width], generator: generator).bfloat16();
        Tensor codes = randint(-127, 128, [outputs, width], ScalarType.Int8, generator: generator);
        Tensor scale = rand([outputs], generator: generator);
        RowBits.AreIndependentOfCompanyAndThreads(input, rows => OwnKernel(rows, codes, null, scale));
    }

    [KernelFact(typeof(BrainFloatProduct))]
    public void It_writes_its_results_and_nothing_else()
    {
        using DisposeScope scope = NewDisposeScope();
        const int Outputs = 44;
        Tensor input = ones([9, 64], ScalarType.BFloat16);
        Tensor weight = ones([Outputs, 64], ScalarType.BFloat16);
        Tensor results = full([11, Outputs], -1, ScalarType.BFloat16);
        BrainFloatProduct.Multiply(
            (ushort*)TensorMemory.AddressOf(input), (ushort*)TensorMemory.AddressOf(weight), null,
            (ushort*)TensorMemory.AddressOf(results) + Outputs, 9, 64, Outputs);
        Assert.True(results[TensorIndex.Slice(1, 10)].eq(64).all().item<bool>());
        Assert.True(results[TensorIndex.Tensor(tensor((long[])[0, 10]))].eq(-1).all().item<bool>());
    }

    private static void GivesTheExactProduct(
        Func<Tensor, Tensor, Tensor?, Tensor?, Tensor> multiply, int rows, int width, int outputs, bool isOfCodes)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(67, CPU);
        Tensor input = randn([rows, width], generator: generator).bfloat16();
        Tensor weight = isOfCodes
            ? randint(-127, 128, [outputs, width], ScalarType.Int8, generator: generator)
            : randn([outputs, width], generator: generator).bfloat16();
        Tensor bias = randn([outputs], generator: generator).bfloat16();
        Tensor? scale = isOfCodes ? rand([outputs], generator: generator) : null;
        Tensor actual = multiply(input, weight, bias, scale);

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

    private static Tensor OwnKernel(Tensor input, Tensor weight, Tensor? bias, Tensor? scale)
    {
        Tensor rows = input.contiguous();
        (int count, long width, long outputs) = ((int)input.shape[0], input.shape[1], weight.shape[0]);
        Tensor result = empty([count, outputs], ScalarType.BFloat16);
        ushort* x = (ushort*)TensorMemory.AddressOf(rows);
        ushort* added = bias is null ? null : (ushort*)TensorMemory.AddressOf(bias);
        ushort* target = (ushort*)TensorMemory.AddressOf(result);
        nint w = TensorMemory.AddressOf(weight);
        if (scale is null)
        {
            BrainFloatProduct.Multiply(x, (ushort*)w, added, target, count, width, outputs);
        }
        else
        {
            BrainFloatProduct.Multiply(x, (sbyte*)w, (float*)TensorMemory.AddressOf(scale), added, target, count, width, outputs);
        }

        GC.KeepAlive(rows);
        return result;
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
