using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Attention;

public sealed class ShortSequencesTests
{
    [Theory]
    [InlineData(3, 49, 4, 4, 24)]
    [InlineData(1, 7, 6, 2, 80)]
    [InlineData(2, 256, 2, 1, 32)]
    public void Full_attention_equals_the_definition_with_gradients(int count, int length, int heads, int keyHeads, int width)
    {
        ShortSequences? sequences = ShortSequences.TryWhole(count, length, ScalarType.Float32, CPU);
        AssertDefinition(sequences, [.. Enumerable.Repeat(length, count)], heads, keyHeads, width, isCausal: false);
    }

    [Theory]
    [InlineData(4, 2, 32)]
    [InlineData(3, 3, 20)]
    public void Causal_attention_equals_the_definition_with_gradients(int heads, int keyHeads, int width)
    {
        int[] lengths = [5, 100, 1, 33];
        ShortSequences? sequences = ShortSequences.TryGroups(
            GroupLengths.OfPrompts(lengths, 0), keepsLast: false, ScalarType.Float32, CPU);
        AssertDefinition(sequences, lengths, heads, keyHeads, width, isCausal: true);
    }

    // A long prompt uses a different operator; a short one next to it must not.
    [Fact]
    public void A_prompt_has_the_same_bits_alone_and_in_a_batch_even_with_a_long_one()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(23, CPU);
        int[] lengths = [40, 300, 7];
        using SlotKeyValueCache cache = new(1, 2, 16, 3, 1, 300, 1, CPU, ScalarType.Float32);
        Tensor[] inputs = [.. new[] { 4, 2, 2 }.Select(heads => randn([347, heads, 16], generator: generator))];
        PromptSequencePattern all = new(lengths, cache, [0, 1, 2]);
        Tensor together = all.Attend(0, inputs[0], inputs[1], inputs[2]);
        Tensor last = all.AttendKept(0, inputs[0].index_select(0, all.Kept), inputs[1], inputs[2]);
        for (int prompt = 0, first = 0; prompt < lengths.Length; first += lengths[prompt++])
        {
            int length = lengths[prompt];
            PromptSequencePattern one = new([length], cache, [prompt]);
            Tensor[] own = [.. inputs.Select(input => input.narrow(0, first, length))];
            Tensor alone = one.Attend(0, own[0], own[1], own[2]);
            Tensor aloneLast = one.AttendKept(0, own[0].narrow(0, length - 1, 1), own[1], own[2]);
            Assert.True(alone.equal(together.narrow(0, first, length)).all().item<bool>());
            Assert.True(aloneLast.equal(last.narrow(0, prompt, 1)).all().item<bool>());
        }
    }

    [Fact]
    public void Long_sequences_and_other_types_are_not_handled()
    {
        Assert.Null(ShortSequences.TryWhole(1, 257, ScalarType.Float32, CPU));
        Assert.Null(ShortSequences.TryWhole(1, 16, ScalarType.BFloat16, CPU));
        Assert.Null(ShortSequences.TryGroups(
            GroupLengths.OfPrompts([16, 257], 0), keepsLast: true, ScalarType.Float32, CPU));

        // Up to 16 × 256² may be kept; without gradient nothing is.
        Assert.Null(ShortSequences.TryWhole(17, 256, ScalarType.Float32, CPU));
        using IDisposable noGradient = no_grad();
        Assert.Equal(TileProduct.IsSupported, ShortSequences.TryWhole(17, 256, ScalarType.Float32, CPU) is not null);
    }

    // The kernel reads the vectors by address.
    [KernelFact(typeof(TileProduct))]
    public void Vectors_other_than_those_of_the_sequences_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        ShortSequences sequences = ShortSequences.TryGroups(
            new GroupLengths([5, 4], [[2], []], 3), keepsLast: true, ScalarType.Float32, CPU)!;

        // The first prompt, one token of the second and two of the completion; kept are the last of each prompt and the completion.
        Tensor queries = zeros(4, 4, 8), keys = zeros(8, 2, 8);
        Assert.Equal([4, 32], sequences.Attend(queries, keys, keys).shape);
        Says(zeros(3, 4, 8), keys, keys);
        Says(queries, zeros(7, 2, 8), zeros(7, 2, 8));
        Says(queries, keys, zeros(8, 2, 4));
        Says(zeros(4, 3, 8), keys, keys);
        Says(zeros(4, 4, 4), keys, keys);
        Says(zeros(4, 32), keys, keys);
        Says(queries.to(bfloat16), keys.to(bfloat16), keys.to(bfloat16));
        Says(queries, keys, keys.to(float64));

        void Says(Tensor q, Tensor k, Tensor v)
        {
            string message = Assert.Throws<ArgumentException>(() => sequences.Attend(q, k, v)).Message;
            Assert.Contains("queries [4, heads, d]", message, StringComparison.Ordinal);
            Assert.Contains("values [8, key-value heads, d]", message, StringComparison.Ordinal);
            Assert.Contains($"{v.dtype}[{string.Join(", ", v.shape)}] on cpu", message, StringComparison.Ordinal);
        }
    }

    private static void AssertDefinition(
        ShortSequences? sequences, int[] lengths, int heads, int keyHeads, int width, bool isCausal)
    {
        if (!TileProduct.IsSupported)
        {
            Assert.Null(sequences);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(29, CPU);
        Tensor[] inputs =
        [
            .. new[] { heads, keyHeads, keyHeads }.Select(
                count => randn([lengths.Sum(), count, width], generator: generator).requires_grad_()),
        ];
        Tensor weight = randn([lengths.Sum(), heads * width], generator: generator);
        Tensor actual = sequences!.Attend(inputs[0], inputs[1], inputs[2]);
        (actual * weight).sum().backward();

        Tensor[] exact = [.. inputs.Select(input => input.detach().to(float64).requires_grad_())];
        Tensor expected = cat([.. lengths.Select((length, sequence) => Defined(lengths.Take(sequence).Sum(), length))], 0);
        (expected * weight.to(float64)).sum().backward();
        Assert.True(actual.detach().to(float64).allclose(expected.detach(), 1e-5, 1e-5));
        for (int input = 0; input < inputs.Length; input++)
        {
            Assert.True(inputs[input].grad!.to(float64).allclose(exact[input].grad!, 1e-4, 1e-4), $"gradient {input}");
        }

        // Without gradient the same kernel is used.
        using IDisposable noGradient = no_grad();
        Assert.True(sequences.Attend(inputs[0], inputs[1], inputs[2]).equal(actual).all().item<bool>());

        Tensor Defined(int first, int length)
        {
            Tensor[] own = [.. exact.Select(input => input.narrow(0, first, length).transpose(0, 1).unsqueeze(0))];
            return FusedOperators.ScaledDotProductAttention(
                own[0], own[1], own[2], isCausal: isCausal, enableGqa: heads != keyHeads)
                .squeeze(0).transpose(0, 1).reshape(length, -1);
        }
    }
}
