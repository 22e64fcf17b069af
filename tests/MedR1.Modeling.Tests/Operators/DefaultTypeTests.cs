using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

// The default type and device are shared by the process.
[CollectionDefinition(nameof(DefaultTypeTests), DisableParallelization = true)]
[Collection(nameof(DefaultTypeTests))]
public sealed class DefaultTypeTests
{
    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Kernels_give_float32_for_any_default_type_of_the_application(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor input = randn([64, 96], ScalarType.Float32, generator: generator);
        Tensor weight = randn([64, 96], ScalarType.Float32, generator: generator);
        Tensor[] attended = [.. Enumerable.Range(0, 3).Select(_ => randn([6, 2, 32], ScalarType.Float32, generator: generator))];
        Tensor[] before = Compute();
        SetDefault(type);
        try
        {
            Assert.All(before.Zip(Compute()), pair =>
            {
                Assert.Equal(ScalarType.Float32, pair.Second.dtype);
                Assert.True(pair.First.equal(pair.Second).all().item<bool>());
            });
        }
        finally
        {
            SetDefault(ScalarType.Float32);
        }

        // The library never sets it; an application may.
#pragma warning disable RS0030
        static void SetDefault(ScalarType type) => set_default_dtype(type);
#pragma warning restore RS0030

        Tensor[] Compute()
        {
            (Tensor x, Tensor w) = (input.clone().requires_grad_(), weight.clone().requires_grad_());
            Tensor[] qkv = [.. attended.Select(one => one.clone().requires_grad_())];
            Tensor product = LinearOperator.Apply(x, w, null);
            product.sum().backward();
            SequenceLayout layout = SequenceLayout.Whole(2, 3);
            if (!TileProduct.IsSupported)
            {
                return [product.detach(), x.grad!, w.grad!];
            }

            Tensor result = SequenceAttentionFunction.apply(qkv[0], qkv[1], qkv[2], layout);
            result.sum().backward();
            Tensor plain = SequenceAttentionFunction.Forward(attended[0], attended[1], attended[2], layout, null);
            return [product.detach(), x.grad!, w.grad!, result.detach(), plain, .. qkv.Select(one => one.grad!)];
        }
    }

    // The meta device stands for a GPU: numbers that land there by default can't be read.
    [Fact]
    public void Numbers_of_the_host_stay_there_for_any_default_device_of_the_application()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(7, CPU);
        Tensor queries = randn([11, 4, 8], generator: generator), keys = randn([11, 2, 8], generator: generator);
        Tensor logits = randn([3, 5], generator: generator), vectors = randn([2, 2, 4], generator: generator);
        Tensor tokens = zeros(2, ScalarType.Int64);
        Tensor[] before = Compute();
        set_default_device(META);
        try
        {
            Assert.All(before.Zip(Compute()), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        }
        finally
        {
            set_default_device(CPU);
        }

        Tensor[] Compute()
        {
            PackedGroupsPattern pattern = new(new GroupLengths([3, 4], [[2], [1, 1]]), ScalarType.Float32, CPU);
            TokenTargets targets = new(2, 2);
            targets.Set(0, 0, token: 4, source: 1);
            TokenStatistics scores = TokenScores.Compute(
                logits, targets, new TokenStatisticsOptions { SuppressedTokenIds = [2], WithEntropies = true });
            using SlotKeyValueCache cache = new(1, 2, 4, 2, 2, 4, 3, CPU, ScalarType.Float32) { AttendsByTensors = true };
            cache.Begin([0, 1], [3, 2], [3, 2]);
            Tensor step = cache.Programs!.Run(
                [new(0, 0, 0), new(1, 1, 0)], tokens, new AdapterHost([]), (_, _, used) => used.Attend(0, vectors, vectors, vectors));
            Tensor dropped = new LoraDropout(0.5, seed: 3) { Pass = 1 }.Apply(logits, 0);
            return [
                pattern.AttendKept(0, queries.index_select(0, pattern.Kept!), keys, keys), scores.LogProbabilities, scores.Entropies!,
                step, dropped];
        }
    }
}
