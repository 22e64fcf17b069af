using TorchSharp;
using TorchSharp.Utils;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Safetensors;

/// <summary>The loader alone; with a model's names it is tested in MedR1.Models.Qwen2VL.Tests.</summary>
public sealed class CheckpointLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<LoadProgress> _reports = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(WeightStorage.Memory)]
    [InlineData(WeightStorage.MappedFiles)]
    public void Parameters_are_found_by_the_names_in_the_files_and_others_are_skipped(WeightStorage storage)
    {
        using DisposeScope scope = NewDisposeScope();
        Write(("old.linear.weight", ones(2, 3)), ("old.linear.bias", full(2, 5f)), ("old.table", zeros(7)));
        using Small network = new(isQuantized: false);
        CheckpointLoader.Load(
            network, _folder.Path, name => name == "old.table" ? null : name["old.".Length..], storage, new Reports(_reports));
        Assert.Equal([1f, 1, 1, 1, 1, 1], network.Linear.Weight.detach().view(-1).data<float>());
        Assert.Equal([5f, 5], network.Linear.Bias!.detach().data<float>());

        // Six weights and two biases of four bytes.
        Assert.Equal([1, 2], _reports.Select(report => report.Tensors));
        Assert.Equal(new LoadProgress(2, 2, 32, 32), _reports[^1]);
    }

    // Weights of 2 are 127 steps of 2/127.
    [Fact]
    public void Matrices_in_8_bits_are_quantized_while_they_are_read()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(("linear.weight", full(2, 3, 2f)), ("linear.bias", full(2, 5f)));
        using Small network = new(isQuantized: true);
        CheckpointLoader.Load(network, _folder.Path);
        Assert.Equal(ScalarType.Int8, network.Linear.Weight.dtype);
        Assert.Equal(127, network.Linear.Weight.max().item<sbyte>());
        Assert.Equal(2, network.Linear.Quantized!.Dequantize(ScalarType.Float64)[1, 2].ToDouble(), 1e-6);
    }

    [Fact]
    public void Nothing_is_loaded_if_names_or_shapes_differ()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(("linear.weight", ones(3, 2)), ("stray", ones(1)));
        using Small network = new(isQuantized: false);
        CheckpointMismatchException error =
            Assert.Throws<CheckpointMismatchException>(() => CheckpointLoader.Load(network, _folder.Path));
        Assert.Equal(["linear.bias"], error.Missing);
        Assert.Equal(["stray"], error.Unexpected);
        Assert.Equal(["linear.weight: [3, 2] instead of [2, 3]"], error.Shapes);
    }

    [Fact]
    public void A_tensor_of_another_name_or_of_two_names_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Small network = new(isQuantized: false);
        Write(("linear.weight", ones(2, 3)), ("linear.offset", ones(2)));
        CheckpointMismatchException renamed =
            Assert.Throws<CheckpointMismatchException>(() => CheckpointLoader.Load(network, _folder.Path));
        Assert.Equal(("linear.bias", "linear.offset"), (Assert.Single(renamed.Missing), Assert.Single(renamed.Unexpected)));

        Write(("linear.weight", ones(2, 3)), ("linear.bias", ones(2)), ("model.linear.bias", ones(2)));
        CheckpointMismatchException twice = Assert.Throws<CheckpointMismatchException>(
            () => CheckpointLoader.Load(network, _folder.Path, name => name.Replace("model.", "", StringComparison.Ordinal)));
        Assert.Equal(["linear.bias and model.linear.bias"], twice.Unexpected);

        Write(("linear.weight", ones(2, 3)), ("linear.bias", ones(3)), ("stray", ones(1)));
        CheckpointMismatchException reshaped =
            Assert.Throws<CheckpointMismatchException>(() => CheckpointLoader.Load(network, _folder.Path));
        Assert.Equal(("stray", "linear.bias: [3] instead of [2]"), (Assert.Single(reshaped.Unexpected), Assert.Single(reshaped.Shapes)));
    }

    private void Write(params (string Name, Tensor Value)[] tensors) => CheckpointWriter.Write(
        _folder.Path, [.. tensors.Select(tensor => SafetensorsItem.Of(tensor.Name, tensor.Value))]);

    private sealed class Reports(List<LoadProgress> all) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => all.Add(value);
    }

    private sealed class Small : nn.Module
    {
        [ComponentName(Name = "linear")]
        private readonly Projection _linear;

        public Small(bool isQuantized)
            : base(nameof(Small))
        {
            _linear = new Projection(3, 2, true, CPU, ScalarType.Float32, isQuantized);
            RegisterComponents();
        }

        public Projection Linear => _linear;
    }
}
