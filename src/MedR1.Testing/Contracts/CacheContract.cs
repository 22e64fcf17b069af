using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>Checks the cache, prefill and decoding.</summary>
internal static class CacheContract
{
    // The sampler limits a cache to a number of bytes that it predicts from small caches.
    private const double ByteTolerance = 0.05;

    public static IReadOnlyList<(string Subject, Action<ContractCase> Check)> Checks { get; } =
    [
        ("CreateCache", Sizes), ("Prefill", PromptsAlone), ("Decode", EqualsTrainingPass), ("CopyRows", Copies),
    ];

    private static void Sizes(ContractCase given)
    {
        using IKeyValueCache cache = given.Policy.CreateCache(2, 3, 70, 5);
        ContractCase.Require(
            (cache.PromptSlots, cache.RowSlots, cache.PromptCapacity, cache.CompletionCapacity) == (2, 3, 70, 5),
            $"2 and 3 slots of 70 and 5 tokens were requested, but the cache has {cache.PromptSlots}, {cache.RowSlots}, "
            + $"{cache.PromptCapacity}, {cache.CompletionCapacity}.");
        long small = BytesOf(1, 1, 64, 64);
        double expected = ((BytesOf(1, 1, 128, 64) - small) / 64.0 * 4 * 256) + ((BytesOf(1, 1, 64, 128) - small) / 64.0 * 8 * 64);
        long actual = BytesOf(4, 8, 256, 64);
        ContractCase.Require(
            Math.Abs(actual - expected) <= ByteTolerance * expected,
            $"ByteSize is {actual} where small caches make it {expected.ToText("F0")}: it must be prompt slots × prompt capacity × a "
            + "+ row slots × completion capacity × b.");

        long BytesOf(int prompts, int rows, int prompt, int completion)
        {
            using IKeyValueCache one = given.Policy.CreateCache(prompts, rows, prompt, completion);
            return one.ByteSize;
        }
    }

    private static void PromptsAlone(ContractCase given)
    {
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = Create(given);
        Tensor together = given.Policy.Prefill(given.Prompts, SlotsOf(given), cache);
        ContractCase.RequireShape("the result", together, given.Prompts.Length, given.Policy.VocabularySize);
        ContractCase.Require(together.dtype == ScalarType.Float32, $"the logits are {together.dtype}, expected Float32.");
        ContractCase.Require(!together.requires_grad, "the logits take a gradient.");
        for (int prompt = 0; prompt < given.Prompts.Length; prompt++)
        {
            Tensor alone = given.Policy.Prefill([given.Prompts[prompt]], [0], cache);
            given.RequireNear(
                $"prompt {prompt} alone and with others", ContractCase.Values(alone), ContractCase.Values(together.narrow(0, prompt, 1)));
        }
    }

    // The second round is decoded in slots that hold other prompts and completions from the first.
    private static void EqualsTrainingPass(ContractCase given)
    {
        float[] expected = given.LogProbabilities(given.Policy, given.Groups);
        using IKeyValueCache cache = Create(given);
        int[] slots = SlotsOf(given);
        given.RequireNear("log-probabilities of the training pass and of decoding", expected, Decode(given, cache, slots));
        given.RequireNear(
            "log-probabilities of the training pass and of decoding in slots that are used again",
            expected, Decode(given, cache, [.. slots.Reverse()]));
    }

    private static void Copies(ContractCase given)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using IKeyValueCache cache = Create(given);
        _ = given.Policy.Prefill([given.Prompts[0]], [0], cache);
        int[] tokens = [.. given.Groups.SelectMany(group => group.Completions).First(completion => completion.Count >= 3)];
        for (int place = 0; place < 2; place++)
        {
            _ = given.Policy.Decode(Tokens(given, tokens[place]), [new DecodeRow(0, 1, place)], cache);
        }

        cache.CopyRows([new RowCopy(1, 2)], 2);
        Tensor both = given.Policy.Decode(
            Tokens(given, tokens[2], tokens[2]), [new DecodeRow(0, 2, 2), new DecodeRow(0, 1, 2)], cache);
        given.RequireNear(
            "a row and its copy, continued alike", ContractCase.Values(both.narrow(0, 1, 1)), ContractCase.Values(both.narrow(0, 0, 1)));
    }

    // As in continuous batching, rows begin at different steps and end at different steps, and those of a prompt are not adjacent.
    private static float[] Decode(ContractCase given, IKeyValueCache cache, int[] slots)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first_PV = given.Policy.Prefill(given.Prompts, slots, cache).log_softmax(-1);
        Row[] rows = [.. given.Groups.SelectMany((group, prompt) => group.Completions.Select(tokens => (prompt, tokens)))
            .Select((row, index) => new Row(index, row.prompt, row.tokens))];
        int width = rows.Max(row => row.Tokens.Count);
        float[] all = new float[rows.Length * width];
        foreach (Row row in rows)
        {
            all[row.Index * width] = first_PV[row.Prompt, row.Tokens[0]].item<float>();
        }

        for (int step = 0; step <= width; step++)
        {
            Row[] fed = [.. rows.Where(row => step >= row.Start && step - row.Start < row.Tokens.Count - 1)
                .OrderBy(row => row.Index % 3).ThenBy(row => row.Index)];
            if (fed.Length == 0)
            {
                continue;
            }

            Tensor logits_RV = given.Policy.Decode(
                Tokens(given, [.. fed.Select(row => row.Tokens[step - row.Start])]),
                [.. fed.Select(row => new DecodeRow(slots[row.Prompt], rows.Length - 1 - row.Index, step - row.Start))],
                cache);
            ContractCase.RequireShape("the result", logits_RV, fed.Length, given.Policy.VocabularySize);
            ContractCase.Require(logits_RV.dtype == ScalarType.Float32, $"the logits are {logits_RV.dtype}, expected Float32.");
            ContractCase.Require(!logits_RV.requires_grad, "the logits take a gradient.");
            Tensor scores_RV = logits_RV.log_softmax(-1);
            for (int row = 0; row < fed.Length; row++)
            {
                int next = step - fed[row].Start + 1;
                all[(fed[row].Index * width) + next] = scores_RV[row, fed[row].Tokens[next]].item<float>();
            }
        }

        return all;
    }

    private static IKeyValueCache Create(ContractCase given) => given.Policy.CreateCache(
        given.Prompts.Length, Math.Max(3, given.Groups.Sum(group => group.Completions.Count)), given.PromptCapacity,
        PolicyContract.CompletionTokens);

    // Not in order.
    private static int[] SlotsOf(ContractCase given) => [.. Enumerable.Range(1, given.Prompts.Length - 1), 0];

    private static Tensor Tokens(ContractCase given, params int[] tokens) =>
        tensor(tokens.Select(token => (long)token).ToArray()).to(given.Policy.Device);

    private sealed record Row(int Index, int Prompt, IReadOnlyList<int> Tokens)
    {
        public int Start => Index % 2;
    }
}
