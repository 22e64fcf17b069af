using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Decoding;

/// <summary>Compares recorded steps on a GPU to the CPU kernel.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuDecodingTests
{
    private const int KeyValueHeads = 2;

    // Prompts and rows of different lengths, so that both are padded in the table; one has more keys than a block of
    // the kernel processes at a time.
    private static readonly int[] Lengths = [4, 150, 61];
    private static readonly DecodeRow[][] Steps =
    [
        [new(2, 5, 0), new(2, 1, 0), new(0, 7, 0), new(1, 6, 0)],
        [new(2, 5, 1), new(2, 1, 1), new(1, 6, 1), new(1, 2, 0)],
        [new(2, 5, 2), new(2, 1, 2), new(1, 6, 2), new(1, 2, 1)],
        [new(2, 1, 2), new(2, 4, 0), new(0, 3, 0), new(1, 2, 1)],
    ];

    // Query heads and widths of the published models and unusual ones. The kernel supports up to 8 query heads per key-value
    // head and widths up to 128 that are multiples of 4; other sizes use libtorch's operators.
    [Theory]
    [InlineData(ScalarType.Float32, 6, 64, false)]
    [InlineData(ScalarType.Float32, 6, 64, true)]
    [InlineData(ScalarType.Float32, 2, 16, false)]
    [InlineData(ScalarType.Float32, 16, 20, false)]
    [InlineData(ScalarType.Float32, 18, 64, false)]
    [InlineData(ScalarType.Float32, 4, 130, false)]
    [InlineData(ScalarType.BFloat16, 12, 128, false)]
    [InlineData(ScalarType.BFloat16, 12, 128, true)]
    [InlineData(ScalarType.BFloat16, 14, 128, false)]
    [InlineData(ScalarType.BFloat16, 16, 80, false)]
    public void Steps_equal_those_on_the_CPU(ScalarType type, int heads, int headSize, bool byOperators)
    {
        double tolerance = type == ScalarType.BFloat16 ? 3e-2 : 2e-5;
        // The previous content of the memory must not matter.
        SpoilFreeMemory();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] expected = Decode(CPU, type, heads, headSize, byTensors: false);
        CudaKernels.AreLeftOut = byOperators;
        Tensor[] actual = Decode(TestDevice.Gpu, type, heads, headSize, byTensors: true);
        CudaKernels.AreLeftOut = false;
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.True(TestDevice.Holds(actual[step]));
            double error = (actual[step].cpu().to(ScalarType.Float64) - expected[step].to(ScalarType.Float64))
                .abs().max().ToDouble();
            Assert.True(error <= tolerance, $"step {step}: {error}");
        }
    }

    // The norms of queries and keys in a recorded step, by the layer's operator between the kernels: roundings to 8 bits of numbers up to 4.
    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    public void Heads_are_normalised_like_by_the_layer(int headSize)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(67, CPU);
        using RmsNormalization norm = new(headSize, 1e-6, TestDevice.Gpu, ScalarType.BFloat16);
        norm.Weight.copy_(Random(headSize));
        Tensor queries = Random(2, 6 * headSize), keys = Random(2, KeyValueHeads * headSize), values = Random(2, KeyValueHeads * headSize);
        Tensor prompt = Random(4, KeyValueHeads, headSize);
        using RotaryTable table = RotaryTable.FromAngles(
            randn([2, headSize / 2], generator: generator).to(TestDevice.Gpu), ScalarType.BFloat16);
        double error = (Attend(records: true) - Attend(records: false)).abs().max().ToDouble();
        Assert.InRange(error, 0, 0.05);

        Tensor Random(params long[] shape) => randn(shape, generator: generator).to(ScalarType.BFloat16).to(TestDevice.Gpu);

        Tensor Heads(Tensor vectors) => vectors.view(2, -1, headSize);

        Tensor Attend(bool records)
        {
            using SlotKeyValueCache cache = new(1, KeyValueHeads, headSize, 1, 2, 8, 3, TestDevice.Gpu, ScalarType.BFloat16)
            {
                AttendsByTensors = true,
            };
            cache.Begin([0], [4], [4]);
            cache.WritePrompts(0, [0], prompt, prompt, 4);
            return cache.Programs!.Run([new(0, 0, 0), new(0, 1, 0)], zeros(2, ScalarType.Int64, TestDevice.Gpu), new AdapterHost([]), Pass);

            Tensor Pass(Tensor tokens, Tensor positions, IAttentionPattern pattern)
            {
                if (!records || StepRecorder.For(pattern) is not { } step)
                {
                    return pattern.Attend(
                        0, table.Rotate(norm.call(Heads(queries))), table.Rotate(norm.call(Heads(keys))), Heads(values))
                        .to(ScalarType.Float32);
                }

                Assert.True(step.Takes([norm]));
                using StepValues q = step.Normalize(step.Given(queries), norm), k = step.Normalize(step.Given(keys), norm);
                using StepValues attended = step.Attend(0, q, k, step.Given(values), table);
                return ((CudaStepValues)attended).Tensor.to(ScalarType.Float32);
            }
        }
    }

    private static Tensor[] Decode(Device device, ScalarType type, int heads, int headSize, bool byTensors)
    {
        using IDisposable noGradient = no_grad();
        using Generator generator = new(61, CPU);
        using SlotKeyValueCache cache = new(1, KeyValueHeads, headSize, 3, 8, 160, 9, device, type)
        {
            AttendsByTensors = byTensors,
        };
        cache.Begin([0, 1, 2], Lengths, Lengths);
        for (int prompt = 0; prompt < Lengths.Length; prompt++)
        {
            cache.WritePrompts(
                0, [prompt], Random(Lengths[prompt], KeyValueHeads), Random(Lengths[prompt], KeyValueHeads), Lengths[prompt]);
        }

        // A recording reads the same tensors in each step.
        Tensor queries = Random(4, heads), keys = Random(4, KeyValueHeads), values = Random(4, KeyValueHeads);
        Tensor tokens = TensorArithmetic.CountTo(4, device);
        List<Tensor> results = [];
        foreach (DecodeRow[] rows in Steps)
        {
            queries.copy_(Random(4, heads));
            keys.copy_(Random(4, KeyValueHeads));
            values.copy_(Random(4, KeyValueHeads));
            results.Add(cache.Programs is { } programs
                ? programs.Run(rows, tokens, new AdapterHost([]), Pass)
                : new DecodePattern(cache, rows).Attend(0, queries, keys, values));
            cache.CopyRows([new RowCopy(5, 4), new RowCopy(2, 3)], 2);
        }

        return [.. results];

        Tensor Pass(Tensor places, Tensor positions, IAttentionPattern pattern) => pattern.Attend(
            0, queries.index_select(0, places), keys.index_select(0, places), values.index_select(0, places));

        Tensor Random(long rows, long vectors) => randn([rows, vectors, headSize], generator: generator).to(type).to(device);
    }

    // Freed blocks of several sizes full of NaN, which the allocator reuses.
    private static void SpoilFreeMemory()
    {
        using DisposeScope scope = NewDisposeScope();
        for (int kilobytes = 1; kilobytes <= 4096; kilobytes *= 2)
        {
            foreach (int _ in Enumerable.Range(0, 4))
            {
                full([kilobytes * 256], float.NaN, device: TestDevice.Gpu);
            }
        }
    }
}
