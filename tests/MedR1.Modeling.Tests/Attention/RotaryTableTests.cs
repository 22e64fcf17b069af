using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Attention;

public class RotaryTableTests
{
    // Widths that are multiples of a vector of sixteen and others; queries stored between keys and values.
    [Theory]
    [InlineData(80, 100)]
    [InlineData(12, 3)]
    [InlineData(72, 33)]
    public void Bfloat16_vectors_are_rotated_in_float32_and_rounded_once(int width, int tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(59, CPU);
        using RotaryTable table = RotaryTable.FromAngles(
            randn([tokens, width / 2], generator: generator).mul(3), ScalarType.Float32);
        Tensor all = randn([tokens, 3, 5, width], generator: generator).to(bfloat16);
        Tensor vectors = all.select(1, 1);
        Tensor exact = table.Rotate(vectors.to(float32)).to(float64);
        Tensor recorded = table.RotateAndRound(vectors);
        using IDisposable noGradient = no_grad();
        Tensor actual = table.RotateAndRound(vectors);
        Assert.Equal(bfloat16, actual.dtype);
        Assert.Equal(vectors.shape, actual.shape);

        // Half a unit in the last place of bfloat16; the rounding of float32 shows where the two products cancel.
        foreach (Tensor given in (Tensor[])[actual, recorded])
        {
            Tensor error = (given.to(float64) - exact).abs();
            Assert.True(error.le((exact.abs() * Math.Pow(2, -8)) + 1e-5).all().item<bool>());
        }
    }

    [Fact]
    public void Vectors_in_the_type_of_the_table_are_rotated_without_conversion()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(61, CPU);
        using RotaryTable table = RotaryTable.FromAngles(randn([7, 4], generator: generator), ScalarType.Float32);
        Tensor vectors = randn([7, 2, 8], generator: generator);
        Assert.Equal(
            table.Rotate(vectors).data<float>().ToArray(), table.RotateAndRound(vectors).data<float>().ToArray());
    }
}
