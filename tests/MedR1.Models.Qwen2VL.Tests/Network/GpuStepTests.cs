using MedR1.Modeling;
using MedR1.TestSupport;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Compares decode steps in bfloat16 with the GPU kernels to the same steps with operators.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuStepTests
{
    private const int Steps = 3;

    // One row, as many as the kernels multiply at most, as many as they do for several layers at once, and more; heads of the
    // published width and a narrower one; rows of more than 2,048 numbers.
    [Theory]
    [InlineData(4, 2, 128, 1)]
    [InlineData(4, 2, 128, 7)]
    [InlineData(4, 2, 128, 8)]
    [InlineData(4, 2, 128, 10)]
    [InlineData(4, 2, 128, 20)]
    [InlineData(14, 2, 128, 8)]
    [InlineData(18, 3, 128, 3)]
    [InlineData(4, 2, 64, 4)]
    public void Steps_are_as_close_to_float32_as_those_of_operators(int heads, int keyValueHeads, int headSize, int samples) =>
        AssertAsClose(new Models(heads, keyValueHeads, headSize), samples);

    [Theory]
    [MemberData(nameof(LoraCase.Names), MemberType = typeof(LoraCase))]
    public void Steps_with_an_adapter_are_as_close(string kind) => AssertAsClose(new Models(4, 2, 128, kind), 4);

    // More rows than the kernels multiply.
    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    public void Many_rows_with_an_adapter_are_as_close(int samples) => AssertAsClose(new Models(4, 2, 128, "all linear"), samples);

    // More numbers than a block of the adapter's kernel processes at a time.
    [Fact]
    public void Wide_layers_with_an_adapter_are_as_close() => AssertAsClose(new Models(4, 2, 128, "all linear", innerWidth: 9_000), 4);

    [Fact]
    public void Steps_with_a_merged_adapter_are_as_close() => AssertAsClose(new Models(4, 2, 128, "all linear", isMerged: true), 4);

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    public void Steps_with_8_bit_weights_are_as_close(int samples)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("medr1-gpu-step-");
        try
        {
            using Models models = new(4, 2, 128);
            models.Rounded.Save(folder.FullName);
            using Qwen2VLPolicy rounded = Load(ScalarType.BFloat16), exact = Load(ScalarType.Float32);
            AssertAsClose(exact, exact, rounded, rounded, samples);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Qwen2VLPolicy Load(ScalarType type) =>
            Qwen2VLPolicy.Load(folder.FullName, TestDevice.Gpu, type, quantization: WeightQuantization.Decoder);
    }

    private static void AssertAsClose(Models models, int samples)
    {
        using (models)
        {
            AssertAsClose(models.Exact, models.AdaptedExact, models.Rounded, models.AdaptedRounded, samples);
        }
    }

    private static void AssertAsClose(
        Qwen2VLPolicy exact, IVisionLanguagePolicy adaptedExact, Qwen2VLPolicy rounded, IVisionLanguagePolicy adaptedRounded,
        int samples)
    {
        float[] expected = Decode(exact, adaptedExact, samples, byKernels: false);
        float[] byOperators = Decode(rounded, adaptedRounded, samples, byKernels: false);
        float[] byKernels = Decode(rounded, adaptedRounded, samples, byKernels: true);

        // Kernels sum in a different order, which the bits show; on a CPU both are the same.
        Assert.Equal(TestDevice.Gpu.type != DeviceType.CUDA, byOperators.SequenceEqual(byKernels));
        double operators = Error(expected, byOperators), kernels = Error(expected, byKernels);
        Assert.InRange(kernels, operators / 2, operators * 1.5);
    }

    private static double Error(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return Math.Sqrt(actual.Zip(expected, (a, b) => Math.Pow(a - b, 2)).Average());
    }

    // Logits of some steps after two prompts, one of which is longer than a block of the attention.
    private static float[] Decode(Qwen2VLPolicy policy, IVisionLanguagePolicy adapted, int samples, bool byKernels)
    {
        policy.Runner.StepsByKernels = byKernels;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using IKeyValueCache cache = adapted.CreateCache(2, 2 * samples, 300, Steps);
        adapted.Prefill(
            [new EncodedPrompt(TinyModel.Words(250, 5), []), new EncodedPrompt(TinyModel.Words(9, 6), [])], [0, 1], cache);
        DecodeRow[] rows = [.. Enumerable.Range(0, 2 * samples).Select(row => new DecodeRow(row / samples, row, 0))];
        List<float> logits = [];
        for (int step = 0; step < Steps; step++)
        {
            Tensor tokens = tensor([.. TinyModel.Words(rows.Length, step).Select(word => (long)word)], device: policy.Device);
            logits.AddRange(adapted.Decode(tokens, [.. rows.Select(row => row with { Length = step })], cache).Values());
        }

        return [.. logits];
    }

    /// <summary>A model in bfloat16 and one in float32 with the same weights and, if any, the same adapter.</summary>
    private sealed class Models : IDisposable
    {
        private readonly LoraPolicy? _roundedAdapter;
        private readonly LoraPolicy? _exactAdapter;

        public Models(int heads, int keyValueHeads, int headSize, string? adapter = null, bool isMerged = false, int innerWidth = 328)
        {
            Qwen2VLConfiguration configuration = TinyModel.Configuration(
                tied: adapter?.Contains("head", StringComparison.Ordinal) != true);
            configuration = configuration with
            {
                Text = configuration.Text with
                {
                    // Enough outputs for the kernel for the head to be used.
                    VocabularySize = 33_000,
                    HiddenSize = heads * headSize,
                    IntermediateSize = innerWidth,
                    HeadCount = heads,
                    KeyValueHeadCount = keyValueHeads,
                    RotarySections = [headSize / 8, 3 * headSize / 16, 3 * headSize / 16],
                    RotaryBase = 10_000,
                    ContextLength = 512,
                    InitializerRange = 1.5 / Math.Sqrt(heads * headSize),
                },
                Vision = configuration.Vision with { OutputSize = heads * headSize },
            };
            Rounded = Qwen2VLPolicy.CreateRandom(
                configuration, TinyModel.Processor(), 3, TestDevice.Gpu, ScalarType.BFloat16);
            Exact = Qwen2VLPolicy.CreateRandom(configuration, TinyModel.Processor(), 3, TestDevice.Gpu, ScalarType.Float32);
            using IDisposable noGradient = no_grad();
            foreach ((string name, Parameter parameter) in Rounded.Parameters)
            {
                if (parameter.dim() == 1)
                    parameter.add_(0.2.ToScalar());
                Exact.Parameters.Single(entry => entry.Key == name).Value.copy_(parameter);
            }

            if (adapter is null)
                return;
            _roundedAdapter = LoraCase.Create(Rounded, adapter);
            _exactAdapter = LoraCase.Create(Exact, adapter);
            if (isMerged)
            {
                _roundedAdapter.Merge();
                _exactAdapter.Merge();
            }
        }

        public Qwen2VLPolicy Rounded { get; }

        public Qwen2VLPolicy Exact { get; }

        public IVisionLanguagePolicy AdaptedRounded => (IVisionLanguagePolicy?)_roundedAdapter ?? Rounded;

        public IVisionLanguagePolicy AdaptedExact => (IVisionLanguagePolicy?)_exactAdapter ?? Exact;

        public void Dispose()
        {
            _roundedAdapter?.Dispose();
            _exactAdapter?.Dispose();
            Rounded.Dispose();
            Exact.Dispose();
        }
    }
}
