using TorchSharp;

using static TorchSharp.torch;

using static MedR1.Modeling.Tests.Decoding.DecodeCase;

namespace MedR1.Modeling.Tests.Decoding;

public sealed unsafe class CpuStepRecorderTests
{
    private static readonly DecodeRow[] Rows =
    [
        new(2, 5, 0), new(2, 1, 3), new(2, 0, 7), new(0, 7, 2), new(1, 6, 4), new(1, 2, 4),
    ];

    public static TheoryData<ScalarType, double> Types
    {
        get
        {
            // Two roundings to 8 bits of numbers up to 4 in bfloat16, whose kernels need certain instructions of the processor.
            TheoryData<ScalarType, double> types = new() { { ScalarType.Float32, 1e-5 } };
            if (BrainFloatProduct.IsSupported)
            {
                types.Add(ScalarType.BFloat16, 0.05);
            }

            return types;
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Rows_are_normalized_like_by_the_layer(ScalarType type, double tolerance)
    {
        foreach (int width in (int[])[8, 96, 100])
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            using Generator generator = new(11, CPU);
            using SlotKeyValueCache cache = Filled(32, type, generator);
            using RmsNormalization layer = new(width, 1e-6, CPU, type);
            layer.Weight.copy_(randn(width, generator: generator).to(type));
            Tensor input = randn([Rows.Length, width], generator: generator).mul(3).to(type);
            CpuStepRecorder step = Begin(cache);
            StepValues result = step.Normalize(step.Given(input), layer);
            step.Run();
            Near(layer.call(input), Read(result, type), tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Rotation_and_attention_equal_those_of_table_and_pattern(ScalarType type, double tolerance)
    {
        foreach (int headSize in (int[])[8, 64, 72])
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            using Generator generator = new(13, CPU);
            using SlotKeyValueCache cache = Filled(headSize, type, generator);
            (Tensor queries, Tensor keys, Tensor values) = Step(Rows.Length, headSize, type, generator);
            using RotaryTable table = RotaryTable.FromAngles(randn([Rows.Length, headSize / 2], generator: generator), type);
            CpuStepRecorder step = Begin(cache);
            StepValues turnedQueries = Added(step, queries), turnedKeys = Added(step, keys);
            StepValues attended = step.Attend(1, turnedQueries, turnedKeys, Added(step, values), table);
            step.Run();
            Near(table.Rotate(queries).flatten(1), Read(turnedQueries, type), tolerance);
            AssertDefined(cache, Rows, table.Rotate(queries), table.Rotate(keys), values, Read(attended, type), tolerance);
        }
    }

    // A norm of one head's width normalises each head by itself; its result is rotated in place by the attention.
    [Theory]
    [MemberData(nameof(Types))]
    public void Heads_are_normalized_like_by_the_layer_and_attend_by_the_definition(ScalarType type, double tolerance)
    {
        foreach (int headSize in (int[])[8, 64, 72])
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            using Generator generator = new(29, CPU);
            using SlotKeyValueCache cache = Filled(headSize, type, generator);
            using RmsNormalization queryNorm = Norm(), keyNorm = Norm();
            (Tensor queries, Tensor keys, Tensor values) = Step(Rows.Length, headSize, type, generator);
            using RotaryTable table = RotaryTable.FromAngles(randn([Rows.Length, headSize / 2], generator: generator), type);
            CpuStepRecorder step = Begin(cache);
            Assert.True(step.Takes([queryNorm, keyNorm]));
            StepValues readQueries = step.Normalize(step.Given(queries.flatten(1)), queryNorm);
            StepValues q = step.Normalize(step.Given(queries.flatten(1)), queryNorm);
            StepValues k = step.Normalize(step.Given(keys.flatten(1)), keyNorm);
            StepValues attended = step.Attend(1, q, k, step.Given(values.flatten(1)), table);
            step.Run();
            Tensor normalisedQueries = queryNorm.call(queries), normalisedKeys = keyNorm.call(keys);
            Near(normalisedQueries.flatten(1), Read(readQueries, type), tolerance);
            AssertDefined(
                cache, Rows, table.Rotate(normalisedQueries), table.Rotate(normalisedKeys), values, Read(attended, type), tolerance);

            RmsNormalization Norm()
            {
                RmsNormalization norm = new(headSize, 1e-6, CPU, type);
                norm.Weight.copy_(randn(headSize, generator: generator).to(type));
                return norm;
            }
        }
    }

    [Fact]
    public void Widths_that_are_not_those_of_heads_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(31, CPU);
        using SlotKeyValueCache cache = Filled(8, ScalarType.Float32, generator);
        using RmsNormalization norm = new(6, 1e-6, CPU, ScalarType.Float32);
        using RotaryTable table = RotaryTable.FromAngles(zeros(Rows.Length, 4), ScalarType.Float32);
        CpuStepRecorder step = Begin(cache);
        StepValues queries = Values(48), keys = Values(16);
        Says("norm of width 6 can't normalise rows of width 16", () => step.Normalize(keys, norm));
        Says("keys and values must be 16 wide", () => step.Attend(0, queries, Values(8), keys, table));
        Says("are 48, 16 and 24 wide", () => step.Attend(0, queries, keys, Values(24), table));
        Says("2 key-value heads of size 8", () => step.Attend(0, Values(40), keys, keys, table));
        Assert.Throws<ArgumentOutOfRangeException>(() => step.Attend(2, queries, keys, keys, table));

        StepValues Values(int width) => step.Given(zeros(Rows.Length, width));
    }

    [Fact]
    public void Layers_and_tables_of_other_widths_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(37, CPU);
        using SlotKeyValueCache cache = Filled(8, ScalarType.Float32, generator);
        using Projection layer = Layer(32, 64), wider = Layer(32, 128), longer = Layer(64, 64);
        using RotaryTable fewer = RotaryTable.FromAngles(zeros(Rows.Length - 1, 4), ScalarType.Float32);
        using RotaryTable narrower = RotaryTable.FromAngles(zeros(Rows.Length, 2), ScalarType.Float32);
        using RotaryTable ofOtherType = RotaryTable.FromAngles(zeros(Rows.Length, 4), ScalarType.Float64);
        CpuStepRecorder step = Begin(cache);
        StepValues narrow = Values(32), wide = Values(64), queries = Values(48), keys = Values(16);
        Says("input of the layer is 32 wide, but the values are 64", () => step.Project(wide, layer));
        Says("input of the layer is 64 wide, but the values are 32", () => step.ProjectGated(narrow, layer, longer));
        Says("output of the layer is 128 wide, but the values are 64", () => step.ProjectGated(narrow, layer, wider));
        Says("output of the layer is 64 wide, but the values are 32", () => step.AddProjected(narrow, narrow, layer));
        Says("got one of shape [5, 1, 8]", () => step.Attend(0, queries, keys, keys, fewer));
        Says("got one of shape [6, 1, 4]", () => step.Attend(0, queries, keys, keys, narrower));
        Says("in Float64", () => step.Attend(0, queries, keys, keys, ofOtherType));
        Says("output of the layer is 64 wide, but the values are 63", () =>
        {
            step.ProjectTo(narrow, layer, zeros(Rows.Length, 63));
            return step;
        });

        StepValues Values(int width) => step.Given(zeros(Rows.Length, width));

        static Projection Layer(int input, int output) => new(input, output, false, CPU, ScalarType.Float32);
    }

    // Values reuse the memory of others that are no longer needed, and values rotated in place were read before.
    [Theory]
    [MemberData(nameof(Types))]
    public void Memory_is_reused_only_when_nothing_reads_it_any_more(ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(17, CPU);
        const int headSize = 32;
        using SlotKeyValueCache cache = Filled(headSize, type, generator);
        Tensor input = randn([Rows.Length, 2 * headSize], generator: generator).mul(0.1).to(type);
        using RotaryTable table = RotaryTable.FromAngles(randn([Rows.Length, headSize / 2], generator: generator), type);
        CpuStepRecorder step = Begin(cache);
        StepValues given = step.Given(input);
        CpuStepValues sum = step.Add(given, given);
        StepValues read = step.Add(sum, given);
        step.Rotate(sum, table);
        Tensor expected = table.Rotate((input + input).view(Rows.Length, 2, headSize)).flatten(1);
        for (int round = 0; round < 6; round++)
        {
            CpuStepValues next = step.Add(sum, given);
            sum.Dispose();
            sum = next;
            expected += input;
        }

        step.Run();
        Near(input + input + input, Read(read, type), tolerance);
        Near(expected, Read(sum, type), tolerance);
    }

    // In bfloat16 the update reads a copy in float32, which must not be that of the values before they were rotated.
    [Theory]
    [MemberData(nameof(Types))]
    public void An_update_reads_values_as_they_are_after_a_rotation(ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(41, CPU);
        const int headSize = 32, width = 2 * headSize;
        using SlotKeyValueCache cache = Filled(headSize, type, generator);
        using Projection layer = new(width, width, false, CPU, type);
        layer.Weight.zero_();
        layer.Adapter = new LayerAdapter
        {
            Update = new LowRankUpdate
            {
                Down = new(randn([4, width], generator: generator).mul(0.1)), Up = new(randn([width, 4], generator: generator)), Scale = 1,
            },
        };
        Tensor input = randn([Rows.Length, width], generator: generator).to(type);
        using RotaryTable table = RotaryTable.FromAngles(randn([Rows.Length, headSize / 2], generator: generator), type);
        CpuStepRecorder step = Begin(cache);
        CpuStepValues values = step.Add(step.Given(input), step.Given(zeros_like(input)));
        StepValues before = step.Project(values, layer)[0];
        step.Rotate(values, table);
        StepValues after = step.Project(values, layer)[0];
        step.Run();
        Near(layer.call(input), Read(before, type), tolerance);
        Near(layer.call(table.Rotate(input.view(Rows.Length, 2, headSize)).flatten(1)), Read(after, type), tolerance);
    }

    [Fact]
    public void Values_of_a_different_type_or_number_of_rows_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(19, CPU);
        using SlotKeyValueCache cache = Filled(8, ScalarType.Float32, generator);
        CpuStepRecorder step = Begin(cache);
        Says("Float64 of shape [6, 8]", zeros(6, 8, dtype: float64));
        Says("shape [5, 8]", zeros(5, 8));
        Says("shape [6]", zeros(6));

        void Says(string text, Tensor values) => Assert.Contains(
            text, Assert.Throws<ArgumentException>(() => step.Given(values)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_values_and_values_of_another_recorder_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(23, CPU);
        using SlotKeyValueCache cache = Filled(8, ScalarType.Float32, generator);
        using RmsNormalization layer = new(8, 1e-6, CPU, ScalarType.Float32);
        CpuStepRecorder step = Begin(cache);
        using CudaStepValues other = new(zeros(Rows.Length, 8), isGiven: true);
        Assert.Throws<ArgumentNullException>(() => step.Normalize(null!, layer));
        Assert.Contains(
            "pass values of the same recorder", Assert.Throws<ArgumentException>(() => step.Normalize(other, layer)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_without_kernels_has_no_recorder()
    {
        using SlotKeyValueCache half = new(1, 1, 8, 1, 1, 4, 3, CPU, ScalarType.Float16);
        using SlotKeyValueCache byTensors = new(1, 1, 8, 1, 1, 4, 3, CPU, ScalarType.Float32) { AttendsByTensors = true };
        using SlotKeyValueCache rounded = new(1, 1, 8, 1, 200, 4, 3, CPU, ScalarType.BFloat16);
        Assert.Throws<NotSupportedException>(() => new DecodePattern(half, [new(0, 0, 0)]));
        Assert.Null(Of(byTensors, 1));
        Assert.Null(Of(rounded, 200));
        Assert.Equal(BrainFloatProduct.IsSupported, Of(rounded, 8) is not null);
        Assert.Null(StepRecorder.For(new CausalPattern(1, 3)));

        static StepRecorder? Of(SlotKeyValueCache cache, int rows)
        {
            cache.Begin([0], [4], [4]);
            return StepRecorder.For(
                new DecodePattern(cache, [.. Enumerable.Range(0, rows).Select(row => new DecodeRow(0, row, 0))]));
        }
    }

    private static void Says(string text, Func<object> action) =>
        Assert.Contains(text, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static CpuStepRecorder Begin(SlotKeyValueCache cache) =>
        Assert.IsType<CpuStepRecorder>(StepRecorder.For(new DecodePattern(cache, Rows)));

    // Copies owned by the step: arguments are never changed.
    private static StepValues Added(CpuStepRecorder step, Tensor vectors) =>
        step.Add(step.Given(vectors.flatten(1)), step.Given(zeros_like(vectors).flatten(1)));

    private static Tensor Read(StepValues values, ScalarType type)
    {
        Tensor result = empty([Rows.Length, values.Width], type);
        long bytes = result.numel() * result.ElementSize;
        Buffer.MemoryCopy(((CpuStepValues)values).Address, (void*)TensorMemory.AddressOf(result), bytes, bytes);
        return result;
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        double error = (actual.to(float64) - expected.to(float64)).abs().max().ToDouble();
        Assert.True(error <= tolerance, $"largest error {error}");
    }
}
