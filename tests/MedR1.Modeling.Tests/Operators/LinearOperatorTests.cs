using MedR1.TestSupport;
using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class LinearOperatorTests
{
    [Theory]
    [InlineData(1, 1536, 256, true)]
    [InlineData(1, 1536, 259, false)]
    [InlineData(1, 64, 2050, true)]
    [InlineData(1, 992, 300, false)]
    [InlineData(1, 8960, 70, true)]
    [InlineData(3, 512, 301, true)]
    [InlineData(2, 1536, 256, true)]
    [InlineData(5, 8960, 72, true)]
    [InlineData(7, 800, 1032, false)]
    [InlineData(13, 1568, 132, true)]
    [InlineData(19, 32, 4096, true)]
    [InlineData(128, 768, 260, true)]
    [InlineData(129, 768, 260, true)]
    public void Bfloat16_rows_give_the_exact_product_rounded_once(int rows, int width, int outputs, bool hasBias)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(29, CPU);
        Tensor input = randn([rows, width], generator: generator).bfloat16();
        Tensor weight = randn([outputs, width], generator: generator).bfloat16();
        Tensor? bias = hasBias ? randn([outputs], generator: generator).bfloat16() : null;

        Tensor actual = LinearOperator.Apply(input, weight, bias);

        RoundedOnce.IsProduct(actual, input, weight.t(), bias);
    }

    // If the processor has the instructions of the kernel for several rows, this one is not used.
    [KernelTheory(typeof(BrainFloatRow))]
    [InlineData(64, 2050)]
    [InlineData(992, 300)]
    [InlineData(8960, 70)]
    public unsafe void The_kernel_for_one_row_gives_the_exact_product_rounded_once(int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(53, CPU);
        Tensor row = randn([1, width], generator: generator).bfloat16();
        Tensor weight = randn([outputs, width], generator: generator).bfloat16();
        Tensor bias = randn([outputs], generator: generator).bfloat16();
        Tensor actual = empty([1, outputs], ScalarType.BFloat16);
        Tensor scratch = empty([width], ScalarType.Float32);
        BrainFloatRow.Multiply(
            (ushort*)TensorMemory.AddressOf(row), (ushort*)TensorMemory.AddressOf(weight),
            (ushort*)TensorMemory.AddressOf(bias), (ushort*)TensorMemory.AddressOf(actual),
            (float*)TensorMemory.AddressOf(scratch), width, outputs);
        RoundedOnce.IsProduct(actual, row, weight.t(), bias);
    }

    [KernelTheory(typeof(BrainFloatProduct))]
    [InlineData(800, 132)]
    [InlineData(1536, 260)]
    [InlineData(2560, 132)]
    [InlineData(8960, 132)]
    [InlineData(20480, 20)]
    public void A_bfloat16_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads(int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(59, CPU);
        Tensor input = randn([BrainFloatProduct.MostRows, width], generator: generator).bfloat16();
        Tensor weight = randn([outputs, width], generator: generator).bfloat16();
        RowBits.AreIndependentOfCompanyAndThreads(input, rows => LinearOperator.Apply(rows, weight));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bits()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(31, CPU);
        Tensor input = randn([1, 1024], generator: generator).bfloat16();
        Tensor weight = randn([777, 1024], generator: generator).bfloat16();
        Tensor several = LinearOperator.Apply(input, weight);
        Assert.True(several.equal(ThreadCounts.Run(1, () => LinearOperator.Apply(input, weight))).all().item<bool>());
    }

    [Fact]
    public void Infinity_and_NaN_are_propagated()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = ones([1, 1, 512], dtype: ScalarType.BFloat16);
        Tensor weight = ones([300, 512], dtype: ScalarType.BFloat16);
        weight[1, 3] = tensor(float.PositiveInfinity).bfloat16();
        weight[2, 4] = tensor(float.NaN).bfloat16();
        float[] values = LinearOperator.Apply(input, weight).to(float32).data<float>().ToArray();
        Assert.Equal([512f, float.PositiveInfinity, float.NaN, 512f], values[..4]);
    }

    [Fact]
    public void Bfloat16_gradients_are_rounded_once()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones([1, 512], dtype: ScalarType.BFloat16);
        Tensor weight = ones([300, 512], dtype: ScalarType.BFloat16, requires_grad: true);
        LinearOperator.Apply(input, weight).sum().backward();
        Assert.Equal(300 * 512, weight.grad!.to(float32).sum().item<float>());
    }

    // Large enough for the kernels of both types. libtorch repeats a bias of one number, and rejects one of any other length.
    [Theory]
    [InlineData(ScalarType.Float32, 2)]
    [InlineData(ScalarType.BFloat16, 2)]
    [InlineData(ScalarType.BFloat16, 1)]
    public void A_bias_of_another_length_is_not_read_beyond_its_end(ScalarType type, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = ones([rows, 512], type), weight = ones([260, 512], type);
        Tensor repeated = LinearOperator.Apply(input, weight, ones([1], type));

        // 512 products of 1 and 1; 513 is not a bfloat16, and lies between 512 and 516.
        float expected = type == ScalarType.Float32 ? 513 : 512;
        Assert.All(repeated.to(float32).data<float>().ToArray(), value => Assert.Equal(expected, value));
        Assert.ThrowsAny<Exception>(() => LinearOperator.Apply(input, weight, ones([64], type)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_inputs_the_result_is_the_bias(bool hasGradient)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable? noGradient = hasGradient ? null : no_grad();
        Tensor bias = tensor(new[] { 1f, 2f }, requires_grad: hasGradient);
        Tensor result = LinearOperator.Apply(zeros(3, 0), zeros(2, 0), bias);
        Assert.Equal([1f, 2, 1, 2, 1, 2], result.data<float>().ToArray());
    }
}
