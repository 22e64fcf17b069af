using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>Compares operators on GPU and CPU; differences of values and gradients are relative to the largest of them.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuOperatorTests
{
    // Sums in a different order; in bfloat16 one rounding, of 2^-8, may go the other way.
    private static double Tolerance(ScalarType type) => type == ScalarType.BFloat16 ? 2e-2 : 2e-6;

    [Theory]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.BFloat16, true)]
    [InlineData(ScalarType.BFloat16, false)]
    public void Root_mean_square_normalization(ScalarType type, bool hasGain) => AssertSame(
        type, [[5, 3, 1536], [1536]],
        inputs => FusedOperators.RmsNorm(inputs[0], hasGain ? inputs[1] : null, 1e-6));

    // As many queries as keys, grouped heads, and a mask that hides the end of some rows.
    [Theory]
    [InlineData(ScalarType.Float32, true, false)]
    [InlineData(ScalarType.Float32, false, true)]
    [InlineData(ScalarType.Float32, false, false)]
    [InlineData(ScalarType.BFloat16, true, false)]
    [InlineData(ScalarType.BFloat16, false, true)]
    public void Attention(ScalarType type, bool isCausal, bool isMasked) => AssertSame(
        type, [[3, 6, 17, 64], [3, 2, 17, 64], [3, 2, 17, 64]],
        inputs =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor? mask = isMasked ? PaddingOf([17, 9, 1], 17).to(type, inputs[0].device) : null;
            return FusedOperators.ScaledDotProductAttention(
                inputs[0], inputs[1], inputs[2], mask, isCausal, enableGqa: true).MoveToOuterDisposeScope();
        });

    // A prompt of 11 tokens for each of 2 groups, 3 completions of 5 tokens each, 4 query heads on 2 key-value heads.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Attention_after_prefixes(ScalarType type) => AssertSame(
        type, [[6, 5, 4, 32], [2, 2, 11, 32], [2, 2, 11, 32], [2, 2, 3, 5, 32], [2, 2, 3, 5, 32]],
        inputs => PrefixAttention.Attend(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], null));

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void Groups(ScalarType type, bool asSequences) => AssertSame(
        type, [[24, 4, 32], [24, 2, 32], [24, 2, 32]],
        inputs =>
        {
            // Prompts of 7 and 4 tokens, followed by completions of 4, 2 and 0 tokens, and of 4 and 3.
            using DisposeScope scope = NewDisposeScope();
            GroupLengths lengths = new([7, 4], [[4, 2, 0], [4, 3]]);
            Device device = inputs[0].device;
            IAttentionPattern pattern = asSequences
                ? new GroupSequencePattern(lengths, type, device) : new PackedGroupsPattern(lengths, type, device);
            Tensor all = pattern.Attend(0, inputs[0], inputs[1], inputs[2]);
            Tensor kept = pattern.AttendKept(0, inputs[0].index_select(0, pattern.Kept!), inputs[1], inputs[2]);
            return cat([all, kept], 0).MoveToOuterDisposeScope();
        });

    // The same two groups, whose prompts begin with the same 3 tokens: three rows fewer.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Groups_with_a_shared_beginning(ScalarType type) => AssertSame(
        type, [[21, 4, 32], [21, 2, 32], [21, 2, 32]],
        inputs =>
        {
            using DisposeScope scope = NewDisposeScope();
            GroupLengths lengths = new([7, 4], [[4, 2, 0], [4, 3]], 3);
            IAttentionPattern pattern = GroupPattern.Create(lengths, type, inputs[0].device);
            Tensor all = pattern.Attend(0, inputs[0], inputs[1], inputs[2]);
            Tensor kept = pattern.AttendKept(0, inputs[0].index_select(0, pattern.Kept!), inputs[1], inputs[2]);
            return cat([all, kept], 0).MoveToOuterDisposeScope();
        });

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Activations_and_rotation(ScalarType type) => AssertSame(
        type, [[9, 4, 32], [9, 4, 32]],
        inputs =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor angles = arange(9 * 16, dtype: ScalarType.Float32, device: inputs[0].device).view(9, 16) / 10;
            using RotaryTable table = RotaryTable.FromAngles(angles, type);
            using RotaryTable wide = RotaryTable.FromAngles(angles, ScalarType.Float32);
            return (table.Rotate(inputs[0]) + wide.RotateAndRound(inputs[1]) + GatedActivation.Apply(inputs[0], inputs[1])
                + GeluActivation.Exact(inputs[0]) + GeluActivation.Quick(inputs[1])).MoveToOuterDisposeScope();
        });

    [Fact]
    public void Three_steps_of_AdamW()
    {
        float[] expected = StepThrice(CPU);
        float[] actual = StepThrice(TestDevice.Gpu);
        Assert.Equal(expected.Length, actual.Length);

        // libtorch computes 1 - 0.999 in float32 on a GPU, which is 1.3e-5 too small, and in float64 on the CPU.
        Assert.Equal(expected, actual, new Within(2e-5f));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Scaling_in_place(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] host = Inputs([[300], [7, 5], [1]], type, CPU);
        Tensor[] device = Inputs([[300], [7, 5], [1]], type, TestDevice.Gpu);
        FusedOperators.ScaleInPlace(host, tensor(0.37, ScalarType.Float64));
        FusedOperators.ScaleInPlace(device, tensor(0.37, ScalarType.Float64, TestDevice.Gpu));
        Assert.All(host.Zip(device), pair => AssertNear(pair.First, pair.Second, Tolerance(type)));
    }

    private static void AssertSame(ScalarType type, long[][] shapes, Func<Tensor[], Tensor> compute)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor value, Tensor[] gradients) = Run(CPU);
        (Tensor valueThere, Tensor[] gradientsThere) = Run(TestDevice.Gpu);
        Assert.True(TestDevice.Holds(valueThere), $"The result is on {valueThere.device}.");
        Assert.Equal(type, valueThere.dtype);
        AssertNear(value, valueThere, Tolerance(type));
        Assert.Equal(gradients.Length, gradientsThere.Length);
        Assert.All(gradients.Zip(gradientsThere), pair => AssertNear(pair.First, pair.Second, 2 * Tolerance(type)));

        // Without gradients, other kernels are used on the CPU.
        using IDisposable noGradient = no_grad();
        AssertNear(compute(Inputs(shapes, type, CPU)), compute(Inputs(shapes, type, TestDevice.Gpu)), Tolerance(type));

        (Tensor Value, Tensor[] Gradients) Run(Device device)
        {
            Tensor[] inputs = [.. Inputs(shapes, type, device).Select(input => input.requires_grad_(true))];
            Tensor result = compute(inputs);
            Tensor weights = arange(result.numel(), dtype: ScalarType.Float32, device: device).cos().view(result.shape);
            (result.to(ScalarType.Float32) * weights).sum().backward();
            return (result.detach(), [.. inputs.Select(input => input.grad).OfType<Tensor>()]);
        }
    }

    private static Tensor[] Inputs(long[][] shapes, ScalarType type, Device device)
    {
        using Generator generator = new(83, CPU);
        return [.. shapes.Select(shape => randn(shape, generator: generator).to(type).to(device))];
    }

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = expected.detach().cpu().to(ScalarType.Float64);
        double error = (actual.detach().cpu().to(ScalarType.Float64) - wide).abs().max().ToDouble() / wide.abs().max().ToDouble();
        Assert.True(error <= tolerance, $"The largest error is {error} of the largest value, allowed are {tolerance}.");
    }

    private static Tensor PaddingOf(int[] lengths, int width)
    {
        float[] values = new float[lengths.Length * width];
        for (int row = 0; row < lengths.Length; row++)
        {
            values.AsSpan(row * width + lengths[row], width - lengths[row]).Fill(float.NegativeInfinity);
        }

        return tensor(values, [lengths.Length, 1, 1, width]);
    }

    private static float[] StepThrice(Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] weights = Inputs([[40, 3], [5], [1]], ScalarType.Float32, device);
        Tensor[] first = [.. weights.Select(weight => zeros_like(weight))];
        Tensor[] second = [.. weights.Select(weight => zeros_like(weight))];
        AdamWCoefficients coefficients = new() { LearningRate = 0.01, WeightDecay = 0.1 };
        for (int step = 1; step <= 3; step++)
        {
            Tensor[] gradients = [.. weights.Select(weight => weight.mul(weight).sub(0.5f / step))];
            FusedOperators.AdamWStep(weights, gradients, first, second, step, coefficients);
        }

        return [.. weights.Concat(first).Concat(second).SelectMany(one => one.cpu().contiguous().data<float>().ToArray())];
    }
}
