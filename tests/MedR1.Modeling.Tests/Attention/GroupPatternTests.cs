using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Attention;

public sealed class GroupPatternTests
{
    private const int Width = 8;

    public static TheoryData<string, ScalarType> Batches => new()
    {
        { "ragged", ScalarType.Float32 },
        { "ragged", ScalarType.Float64 },
        { "ragged", ScalarType.BFloat16 },
        { "one group", ScalarType.Float32 },
        { "equal", ScalarType.Float32 },
        { "nothing fed", ScalarType.Float32 },
        { "one without completions", ScalarType.Float32 },
        { "no completions", ScalarType.Float32 },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_group_as_one_sequence_equals_the_definition_with_gradients(string name, ScalarType type) =>
        AssertDefinition(name, type, (lengths, device) => new GroupSequencePattern(lengths, type, device));

    [Theory]
    [MemberData(nameof(Batches))]
    public void Packed_groups_equal_the_definition_with_gradients(string name, ScalarType type) =>
        AssertDefinition(name, type, (lengths, device) => new PackedGroupsPattern(lengths, type, device));

    [Theory]
    [InlineData("ragged, one beginning", ScalarType.Float32, typeof(GroupSequencePattern))]
    [InlineData("ragged, one beginning", ScalarType.Float64, typeof(SharedPrefixPattern))]
    [InlineData("long, one beginning", ScalarType.Float32, typeof(SharedPrefixPattern))]
    [InlineData("long, one beginning", ScalarType.Float64, typeof(SharedPrefixPattern))]
    [InlineData("nothing fed, one beginning", ScalarType.Float32, typeof(GroupSequencePattern))]
    [InlineData("nothing fed, one beginning", ScalarType.Float64, typeof(SharedPrefixPattern))]
    [InlineData("one without completions, one beginning", ScalarType.Float64, typeof(SharedPrefixPattern))]
    public void The_common_beginning_of_all_prompts_may_be_stored_once(string name, ScalarType type, Type expected) =>
        AssertDefinition(name, type, (lengths, device) =>
        {
            IAttentionPattern pattern = GroupPattern.Create(lengths, type, device);

            // Without the kernel for short sequences, a pattern for whole prompts is used.
            Assert.IsType(TileProduct.IsSupported ? expected : typeof(SharedPrefixPattern), pattern);
            return pattern;
        });

    // Sizes of a small and a large model: the result for a query must not depend on the number of others in its sequence.
    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    public void A_token_gets_the_same_bits_after_a_shared_beginning(int width)
    {
        if (!TileProduct.IsSupported)
        {
            Assert.False(PromptSequencePattern.TakesPrefix([71, 66], ScalarType.Float32, CPU));
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(18, CPU);
        GroupLengths once = new([71, 66, 102, 27], [[9, 8], [], [30, 5, 1], [7]], 25);
        GroupLengths whole = once.Whole();
        SharedPrefixRows rows = new(once, CPU);
        Tensor[] inputs =
        [
            .. new[] { 4, 2, 2 }.Select(heads =>
                randn([once.FlatPromptTokens + once.CompletionTokens, heads, width], generator: generator)),
        ];
        Tensor[] wholeInputs = [.. inputs.Select(rows.Whole)];
        GroupSequencePattern ofOnce = new(once, ScalarType.Float32, CPU), ofWhole = new(whole, ScalarType.Float32, CPU);
        AssertSame(
            rows.Flat(ofWhole.Attend(0, wholeInputs[0], wholeInputs[1], wholeInputs[2])),
            ofOnce.Attend(0, inputs[0], inputs[1], inputs[2]));
        Tensor kept = inputs[0].index_select(0, ofOnce.Kept!);
        AssertSame(
            ofWhole.AttendKept(0, kept, wholeInputs[1], wholeInputs[2]), ofOnce.AttendKept(0, kept, inputs[1], inputs[2]));

        static void AssertSame(Tensor expected, Tensor actual) =>
            Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
    }

    [Fact]
    public void A_pattern_for_whole_prompts_refuses_shared_beginnings()
    {
        GroupLengths lengths = LengthsOf("ragged, one beginning");
        Assert.Contains("first 2 tokens", Assert.Throws<ArgumentException>(
            () => new PackedGroupsPattern(lengths, ScalarType.Float32, CPU)).Message, StringComparison.Ordinal);
        Assert.Contains("first 2 tokens", Assert.Throws<ArgumentException>(
            () => new GroupSequencePattern(lengths, ScalarType.Float64, CPU)).Message, StringComparison.Ordinal);
        using SlotKeyValueCache cache = new(1, 2, 16, 2, 1, 300, 1, CPU, ScalarType.Float32);
        Assert.False(PromptSequencePattern.TakesPrefix([40, 300], ScalarType.Float32, CPU));
        Assert.Contains("[40, 300]", Assert.Throws<ArgumentException>(
            () => new PromptSequencePattern([40, 300], cache, [0, 1], 2)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80, 4, 10, typeof(GroupSequencePattern))]
    [InlineData(200, 1, 400, typeof(GroupSequencePattern))]
    [InlineData(80, 8, 200, typeof(PackedGroupsPattern))]
    [InlineData(5000, 1, 100, typeof(PackedGroupsPattern))]
    public void No_scores_are_computed_between_long_completions_of_a_group(
        int prompt, int rows, int completion, Type expected)
    {
        using DisposeScope scope = NewDisposeScope();
        GroupLengths lengths = new([prompt, prompt], [Rows(rows, completion), Rows(rows, completion)]);
        Assert.IsType(expected, GroupPattern.Create(lengths, ScalarType.Float32, CPU));
    }

    [Fact]
    public void Long_prompts_with_completions_of_one_token_need_no_square_mask()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.IsType<GroupSequencePattern>(GroupPattern.Create(new([500], [[0, 0]]), ScalarType.Float32, CPU));
        Assert.IsType<PackedGroupsPattern>(GroupPattern.Create(new([5000], [[0, 0]]), ScalarType.Float32, CPU));

        // A mask of 60,000² numbers would take 14 GB, and their count would overflow an int.
        GroupLengths lengths = new([60_000, 59_000], [[0], [0]]);
        Assert.IsType<PackedGroupsPattern>(GroupPattern.Create(lengths, ScalarType.Float32, CPU));
    }

    [Fact]
    public void Invalid_lengths_are_refused_with_their_values()
    {
        Assert.Contains("2 prompts", Assert.Throws<ArgumentException>(() => new GroupLengths([3, 4], [[1]])).Message,
            StringComparison.Ordinal);
        Assert.Contains("[3, 0]", Assert.Throws<ArgumentException>(() => new GroupLengths([3, 0], [[1], [1]])).Message,
            StringComparison.Ordinal);
        Assert.Contains("[5, 2]", Assert.Throws<ArgumentException>(() => new GroupLengths([5, 2], [[1], [1]], 2)).Message,
            StringComparison.Ordinal);
        Assert.Contains("[-1]", Assert.Throws<ArgumentException>(() => new GroupLengths([3], [[-1]])).Message,
            StringComparison.Ordinal);
    }

    private static void AssertDefinition(
        string name, ScalarType type, Func<GroupLengths, Device, IAttentionPattern> makePattern)
    {
        GroupLengths lengths = LengthsOf(name);
        int tokens = lengths.FlatPromptTokens + lengths.CompletionTokens;
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(17, CPU);
        Tensor[] inputs =
        [
            .. new[] { 4, 2, 2 }.Select(heads => randn([tokens, heads, Width], type, generator: generator).requires_grad_()),
        ];
        IAttentionPattern pattern = makePattern(lengths, CPU);
        Assert.Equal(KeptOf(lengths), pattern.Kept!.data<long>().ToArray());
        Tensor all = pattern.Attend(0, inputs[0], inputs[1], inputs[2]);
        Tensor kept = pattern.AttendKept(0, inputs[0].index_select(0, pattern.Kept), inputs[1], inputs[2]);
        Tensor actual = cat([all, kept], 0);
        Tensor weights = randn(actual.shape, type, generator: generator);
        Tensor[] gradients = GradientsOf((actual * weights).sum(), inputs);

        Tensor everything = Definition(inputs[0], inputs[1], inputs[2], Seen(lengths));
        Tensor expected = cat([everything, everything.index_select(0, pattern.Kept)], 0);
        Tensor[] expectedGradients = GradientsOf((expected * weights).sum(), inputs);

        // float32: sums of up to 40 terms of size 1 in a different order; float64 likewise. bfloat16: scores, weights and sums, each
        // possibly rounded to 8 bits.
        double tolerance = type switch { ScalarType.Float64 => 1e-12, ScalarType.BFloat16 => 0.05, _ => 1e-5 };
        Assert.True(actual.allclose(expected, tolerance, tolerance));
        foreach ((Tensor gradient, Tensor other) in gradients.Zip(expectedGradients))
        {
            Assert.True(gradient.allclose(other, tolerance, tolerance));
            Assert.True(other.abs().max().to(float64).ToDouble() > 0.1);
        }
    }

    private static GroupLengths LengthsOf(string name) => name switch
    {
        "ragged" => new([7, 3, 5], [[4, 2, 0], [1], [3, 3]]),
        "one group" => new([6], [[2, 5]]),
        "equal" => new([4, 4], [[3, 3], [3, 3]]),
        "one without completions, one beginning" => new([7, 3, 5], [[4, 2, 0], [], [3, 3]], 2),
        "ragged, one beginning" => new([7, 3, 5], [[4, 2, 0], [1], [3, 3]], 2),
        "long, one beginning" => new([150, 140], [[60, 50], [70, 60]], 130),
        "one without completions" => new([7, 3, 5], [[4, 2, 0], [], [3, 3]]),
        "no completions" => new([7, 3], [[], []]),
        "nothing fed, one beginning" => new([4, 2], [[0], [0, 0]], 1),
        _ => new([4, 2], [[0], [0, 0]]),
    };

    private static int[] Rows(int count, int length) => [.. Enumerable.Repeat(length, count)];

    // The last tokens of the prompts, then all tokens of the completions, implemented independently.
    private static long[] KeptOf(GroupLengths lengths)
    {
        List<long> kept = [];
        int place = lengths.Prefix - 1;
        foreach (int prompt in lengths.Prompts)
        {
            kept.Add(place += prompt - lengths.Prefix);
        }

        for (int token = 0; token < lengths.CompletionTokens; token++)
        {
            kept.Add(++place);
        }

        return [.. kept];
    }

    // [N, N]: whether a token attends to another: those of its prompt and the earlier ones of its completion. The common beginning
    // of all prompts is part of the first.
    private static bool[,] Seen(GroupLengths lengths)
    {
        List<(int Group, int Row, int Place)> tokens = [];
        for (int group = 0; group < lengths.Count; group++)
        {
            int first = group == 0 ? 0 : lengths.Prefix;
            tokens.AddRange(Enumerable.Range(first, lengths.Prompts[group] - first).Select(place => (group, -1, place)));
        }

        for (int group = 0; group < lengths.Count; group++)
        {
            for (int row = 0; row < lengths.Completions[group].Count; row++)
            {
                tokens.AddRange(Enumerable.Range(0, lengths.Completions[group][row]).Select(place => (group, row, place)));
            }
        }

        bool[,] seen = new bool[tokens.Count, tokens.Count];
        for (int query = 0; query < tokens.Count; query++)
        {
            for (int key = 0; key < tokens.Count; key++)
            {
                (int group, int row, int place) = tokens[key];
                bool isOwn = row == tokens[query].Row && place <= tokens[query].Place;
                bool isPrompt = row == -1 && tokens[query].Row >= 0;
                bool isBeginning = row == -1 && place < lengths.Prefix;
                seen[query, key] = group == tokens[query].Group
                    ? isOwn || isPrompt
                    : isBeginning;
            }
        }

        return seen;
    }

    private static Tensor Definition(Tensor queries, Tensor keys, Tensor values, bool[,] seen)
    {
        Tensor k = keys.repeat_interleave(2, 1).transpose(0, 1);
        Tensor v = values.repeat_interleave(2, 1).transpose(0, 1);
        Tensor scores = queries.transpose(0, 1).matmul(k.transpose(1, 2)) / Math.Sqrt(Width);
        Tensor masked = scores.masked_fill(tensor(seen).logical_not(), float.NegativeInfinity);
        return masked.softmax(-1).matmul(v).transpose(0, 1).reshape(queries.shape[0], -1);
    }

    private static Tensor[] GradientsOf(Tensor loss, Tensor[] inputs)
    {
        loss.backward();
        Tensor[] gradients = [.. inputs.Select(input => input.grad!.clone())];
        Array.ForEach(inputs, input => input.grad!.zero_());
        return gradients;
    }
}
