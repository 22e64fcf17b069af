using MedR1.TestSupport;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests;

/// <summary>Compares a layer with an update to the formula in float64.</summary>
public sealed class LowRankUpdateTests
{
    private const int Width = 512;
    private const int Outputs = 384;
    private const double Scale = 1.5;

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void It_gives_the_same_with_and_without_gradient(ScalarType type, bool hasBias)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        using Projection layer = new(Width, Outputs + 2, true, CPU, type);
        using (no_grad())
        {
            layer.Weight.normal_(0, 0.05, generator);
            layer.Bias!.normal_(0, 1, generator);
        }

        layer.Adapter = new LayerAdapter
        {
            Update = new LowRankUpdate
            {
                Down = new Parameter(empty(5, Width).normal_(0, 0.05, generator)),
                Up = new Parameter(empty(Outputs + 2, 5).normal_(0, 0.5, generator)),
                UpBias = hasBias ? new Parameter(empty(Outputs + 2).normal_(0, 1, generator)) : null,
                Scale = Scale,
            },
        };
        Tensor input = empty(3, 7, Width).normal_(0, 1, generator).to(type);
        Tensor trained = layer.call(input);
        Assert.True(trained.requires_grad);
        using IDisposable noGradient = no_grad();
        Tensor sampled = layer.call(input);
        Assert.Equal([3, 7, Outputs + 2], sampled.shape);

        // Both round the result of the layer to the type before adding the update; float32 sums differ by their order.
        double tolerance = type == ScalarType.BFloat16 ? 0.02 : 1e-5;
        Tensor error = (trained - sampled).abs() / (1 + trained.abs());
        Assert.True(error.to(float64).max().item<double>() <= tolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads(bool hasMagnitude)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(7, CPU);
        using Projection layer = new(Width, 4 * Outputs, false, CPU, ScalarType.Float32);
        layer.Weight.normal_(0, 0.05, generator);
        layer.Adapter = new LayerAdapter
        {
            Update = new LowRankUpdate
            {
                Down = new Parameter(empty(16, Width).normal_(0, 0.05, generator)),
                Up = new Parameter(empty(4 * Outputs, 16).normal_(0, 0.5, generator)),
                Scale = Scale,
                Magnitude = hasMagnitude ? new Parameter(empty(4 * Outputs).normal_(0, 1, generator)) : null,
            },
        };
        RowBits.AreIndependentOfCompanyAndThreads(empty(143, Width).normal_(0, 1, generator), layer.call);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_have_the_same_bits_on_any_number_of_threads(bool hasMagnitude)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(13, CPU);
        using Projection layer = new(Width, Outputs, false, CPU, ScalarType.Float32);
        using (no_grad())
        {
            layer.Weight.normal_(0, 0.05, generator);
        }

        layer.Weight.requires_grad = false;
        LowRankUpdate update = new()
        {
            Down = new Parameter(empty(5, Width).normal_(0, 0.05, generator)),
            Up = new Parameter(empty(Outputs, 5).normal_(0, 0.5, generator)),
            Scale = Scale,
            Magnitude = hasMagnitude ? new Parameter(empty(Outputs).normal_(0, 1, generator)) : null,
        };
        layer.Adapter = new LayerAdapter { Update = update };
        Tensor input = empty(301, Width).normal_(0, 1, generator).requires_grad_(true);
        Tensor factors = empty(301, Outputs).normal_(0, 1, generator);
        Tensor[] wanted = [input, update.Down, update.Up];
        Tensor[] expected = ThreadCounts.Run(1, Gradients);
        foreach (int threads in ThreadCounts.Others)
        {
            Assert.All(ThreadCounts.Run(threads, Gradients).Zip(expected), pair =>
                Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        }

        Tensor[] Gradients() => [.. autograd.grad([(layer.call(input) * factors).sum()], wanted)];
    }

    [Fact]
    public void An_embedding_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(9, CPU);
        using TokenEmbedding table = new(Outputs, Width, CPU, ScalarType.Float32);
        table.Weight.normal_(0, 0.05, generator);
        table.Adapter = new LayerAdapter
        {
            Update = new LowRankUpdate
            {
                Down = new Parameter(empty(5, Outputs).normal_(0, 0.5, generator)),
                Up = new Parameter(empty(Width, 5).normal_(0, 0.5, generator)),
                Scale = Scale,
            },
        };
        Tensor tokens = randint(0, Outputs, [143], ScalarType.Int64, generator: generator);
        RowBits.AreIndependentOfCompanyAndThreads(tokens, table.call);
    }

    [Fact]
    public void A_patch_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(11, CPU);
        LayerAdapter adapter = new()
        {
            Update = new LowRankUpdate
            {
                Down = new Parameter(empty([5, 3, 2, 14, 14]).normal_(0, 0.05, generator)),
                Up = new Parameter(empty([Outputs, 5, 1, 1, 1]).normal_(0, 0.5, generator)),
                Scale = Scale,
            },
        };
        Tensor weight = empty([Outputs, 3, 2, 14, 14]).normal_(0, 0.05, generator);
        RowBits.AreIndependentOfCompanyAndThreads(
            empty(143, weight.numel() / Outputs).normal_(0, 1, generator), rows => adapter.ApplyLinear(rows, weight, null));
    }

    // One row in bfloat16 without gradient uses a separate product (384 x 512 weights are enough for it);
    // bfloat16 keeps 8 bits: a result is rounded to within 2^-8 of itself, and its parts by about as much.
    [Theory]
    [InlineData(1, ScalarType.BFloat16, 0.02, false)]
    [InlineData(5, ScalarType.BFloat16, 0.02, false)]
    [InlineData(1, ScalarType.Float32, 1e-5, false)]
    [InlineData(5, ScalarType.Float32, 1e-5, true)]
    [InlineData(1, ScalarType.BFloat16, 0.02, true)]
    [InlineData(70, ScalarType.BFloat16, 0.02, false)]
    [InlineData(70, ScalarType.Float32, 1e-5, false)]
    public void A_layer_with_an_update_equals_the_formula(int rows, ScalarType type, double tolerance, bool hasMagnitude)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(3, CPU);
        using Projection layer = new(Width, Outputs, true, CPU, type);
        layer.Weight.copy_(Random(0.05, Outputs, Width));
        layer.Bias!.copy_(Random(1, Outputs));
        Tensor input = Random(1, rows, Width).to(type);
        LowRankUpdate update = new()
        {
            Down = new Parameter(Random(0.05, 4, Width)),
            Up = new Parameter(Random(0.5, Outputs, 4)),
            Scale = Scale,
            Magnitude = hasMagnitude ? new Parameter(Random(1, Outputs).abs()) : null,
        };
        layer.Adapter = new LayerAdapter { Update = update };

        Tensor x = input.to(ScalarType.Float64);
        Tensor weight = layer.Weight.to(ScalarType.Float64)
            + Scale * update.Up.to(ScalarType.Float64).matmul(update.Down.to(ScalarType.Float64));
        if (update.Magnitude is { } magnitude)
            weight = weight / (weight * weight).sum(1, keepdim: true).sqrt() * magnitude.unsqueeze(1);
        Tensor expected = x.matmul(weight.t()) + layer.Bias;
        Near(expected);
        layer.Pack();
        Near(expected);
        layer.Unpack(keep: false);

        layer.Adapter.Merged = (update.Merge(layer.Weight, AdaptableLayerKind.Linear), null);
        Near(expected);
        layer.Pack();
        Near(expected);

        // The packed copy contains the merged weight, which must no longer be used.
        layer.Adapter = null;
        Tensor plain = x.matmul(layer.Weight.to(ScalarType.Float64).t()) + layer.Bias;
        Near(plain);
        Assert.True((plain - expected).abs().max().item<double>() > 0.5);

        void Near(Tensor wanted)
        {
            Tensor got = layer.call(input);
            Assert.Equal(type, got.dtype);
            double error = ((got - wanted).abs() / (1 + wanted.abs())).max().item<double>();
            Assert.True(error <= tolerance, $"The largest error is {error}.");
        }

        Tensor Random(double deviation, params long[] shape) => empty(shape).normal_(0, deviation, generator);
    }
}
