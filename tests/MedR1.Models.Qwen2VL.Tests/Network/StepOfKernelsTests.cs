using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Compares decode steps that run as one call of kernels to the same steps with operators.</summary>
public sealed class StepOfKernelsTests
{
    private const int Steps = 4;

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false)]
    public void Float32_steps_equal_those_of_operators(Qwen2VLFamily family, bool tied)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family, tied: tied);
        TinyModel.Near(Decode(policy, policy, byKernels: false), Decode(policy, policy, byKernels: true));
    }

    // Every kind has kernels except those whose norm must be computed; kernels sum in a different order, which the bits show.
    [Theory]
    [MemberData(nameof(LoraCase.Names), MemberType = typeof(LoraCase))]
    public void Steps_with_an_adapter_equal_those_of_operators(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: !kind.Contains("head", StringComparison.Ordinal));
        using LoraPolicy lora = LoraCase.Create(policy, kind);
        float[] operators = Decode(policy, lora, byKernels: false), kernels = Decode(policy, lora, byKernels: true);
        TinyModel.Near(operators, kernels);
        Assert.Equal(kind.StartsWith("magnitude", StringComparison.Ordinal), operators.SequenceEqual(kernels));
        lora.Merge();
        TinyModel.Near(Decode(policy, lora, byKernels: false), Decode(policy, lora, byKernels: true));
    }

    [Fact]
    public void Steps_with_8_bit_weights_equal_those_of_operators()
    {
        using QuantizedModel model = new();
        TinyModel.Near(
            Decode(model.Quantized, model.Quantized, byKernels: false), Decode(model.Quantized, model.Quantized, byKernels: true));
    }

    // In bfloat16 both round, at different places: neither may be more than twice as far from float32 as the other.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bfloat16_steps_are_as_close_to_float32_as_those_of_operators(bool withAdapter)
    {
        using Qwen2VLPolicy rounded = Wide(ScalarType.BFloat16);
        using Qwen2VLPolicy exact = Wide(ScalarType.Float32);
        using LoraPolicy? lora = withAdapter ? LoraCase.Create(rounded, "all linear") : null;
        using LoraPolicy? exactLora = withAdapter ? LoraCase.Create(exact, "all linear") : null;
        float[] expected = Decode(exact, (IVisionLanguagePolicy?)exactLora ?? exact, byKernels: false);
        IVisionLanguagePolicy policy = (IVisionLanguagePolicy?)lora ?? rounded;
        double operators = Error(Decode(rounded, policy, byKernels: false)), kernels = Error(Decode(rounded, policy, byKernels: true));
        Assert.InRange(kernels, operators / 2, operators * 2);

        double Error(float[] actual) => Math.Sqrt(actual.Zip(expected, (a, b) => Math.Pow(a - b, 2)).Average());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads(ScalarType type)
    {
        using Qwen2VLPolicy policy = Wide(type);
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = policy.CreateCache(1, 7, 8, 2);
        policy.Prefill([new EncodedPrompt([1, 2, 3, 4, 5], [])], [0], cache);
        DecodeRow[] rows = [.. Enumerable.Range(0, 7).Select(row => new DecodeRow(0, row, 0))];
        long[] tokens = [11, 12, 13, 14, 15, 16, 17];
        Tensor together = policy.Decode(tensor(tokens), rows, cache);
        for (int row = 0; row < rows.Length; row++)
        {
            Tensor alone = policy.Decode(tensor([tokens[row]]), [rows[row]], cache);
            Assert.Equal(together[row].Values(), alone.Values());
        }

        int threads = get_num_threads();
        try
        {
            set_num_threads(threads == 1 ? 2 : 1);
            Assert.Equal(together.Values(), policy.Decode(tensor(tokens), rows, cache).Values());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    // Widths that the bfloat16 kernel supports.
    private static Qwen2VLPolicy Wide(ScalarType type)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration();
        return Qwen2VLPolicy.CreateRandom(
            configuration with { Text = configuration.Text with { IntermediateSize = 64 } }, TinyModel.Processor(), 3, CPU, type);
    }

    // All logits of some steps of three rows after two prompts.
    private static float[] Decode(Qwen2VLPolicy policy, IVisionLanguagePolicy adapted, bool byKernels)
    {
        policy.Runner.StepsByKernels = byKernels;
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = adapted.CreateCache(2, 3, 8, Steps);
        adapted.Prefill([new EncodedPrompt([1, 2, 3, 4, 5], []), new EncodedPrompt([9, 8, 7], [])], [0, 1], cache);
        List<float> logits = [];
        for (int step = 0; step < Steps; step++)
        {
            DecodeRow[] rows = [new(0, 2, step), new(0, 0, step), new(1, 1, step)];
            logits.AddRange(adapted.Decode(tensor([20L + step, 30L + step, 40L + step]), rows, cache).Values());
        }

        return [.. logits];
    }
}
