using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>Checks the passes of training and their gradients.</summary>
internal static class TrainingContract
{
    private const double GradientTolerance = 1e-3;

    public static IReadOnlyList<(string Subject, Action<ContractCase> Check)> Checks { get; } =
    [
        ("TokenLogProbabilities", Figures), ("TokenLogProbabilities", RowsAlone), ("TokenLogProbabilities", Options),
        ("SequenceLogProbabilities", Sequences), ("Gradients", Gradients), ("CompletionStates", States),
    ];

    private static void Figures(ContractCase given)
    {
        using IDisposable guard = no_grad();
        using TokenStatistics plain = given.Policy.TokenLogProbabilities(given.Groups, given.Plain);
        IReadOnlyList<int>[] rows = RowsOf(given);
        long[] shape = [rows.Length, rows.Max(row => row.Count)];
        ContractCase.RequireShape("LogProbabilities", plain.LogProbabilities, shape);
        ContractCase.RequireShape("Mask", plain.Mask, shape);
        ContractCase.Require(
            plain.LogProbabilities.dtype == ScalarType.Float32, $"the log-probabilities are {plain.LogProbabilities.dtype}, not Float32.");
        ContractCase.Require(!plain.LogProbabilities.requires_grad, "takes a gradient under no_grad.");
        ContractCase.Require(plain.Entropies is null, "computes entropies that were not requested.");
        float[] mask = [.. rows.SelectMany(row => Enumerable.Range(0, (int)shape[1]).Select(place => place < row.Count ? 1f : 0f))];
        ContractCase.Require(
            plain.Mask.dtype == ScalarType.Bool && ContractCase.Values(plain.Mask).SequenceEqual(mask), "the mask is not true at tokens alone.");
        ContractCase.Require(
            ContractCase.Values(plain.LogProbabilities).Zip(mask).All(pair => pair.First <= 0 && (pair.Second > 0 || pair.First == 0)),
            "a log-probability is above 0, not a number, or not 0 at padding.");
        using TokenStatistics more = given.Policy.TokenLogProbabilities(given.Groups, given.Plain with { WithEntropies = true });
        ContractCase.Require(more.Entropies is not null, "computes no entropies (WithEntropies).");
        ContractCase.RequireShape("Entropies", more.Entropies!, shape);
    }

    private static void RowsAlone(ContractCase given)
    {
        int width = RowsOf(given).Max(row => row.Count);
        float[] together = given.LogProbabilities(given.Policy, given.Groups);
        int index = 0;
        foreach (PackedGroup group in given.Groups)
        {
            foreach (IReadOnlyList<int> completion in group.Completions)
            {
                given.RequireNear(
                    $"completion {index} alone and with others",
                    given.LogProbabilities(given.Policy, group with { Completions = [completion] }),
                    together.AsSpan(index++ * width, completion.Count).ToArray());
            }
        }
    }

    private static void Options(ContractCase given)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int[] tokens = [.. given.Groups.Select(group => group.Completions[0][0])];
        TokenStatisticsOptions options = new()
        {
            Temperature = 2,
            SuppressedTokenIds = [Enumerable.Range(0, given.Policy.VocabularySize).First(token => !tokens.Contains(token))],
        };
        using IKeyValueCache cache = given.Policy.CreateCache(given.Prompts.Length, 1, given.PromptCapacity, 1);
        Tensor logits = given.Policy.Prefill(given.Prompts, [.. Enumerable.Range(0, given.Prompts.Length)], cache);
        Tensor scores = TokenScores.Scale(logits, options).log_softmax(-1);
        TokenStatistics statistics = given.Policy.TokenLogProbabilities(
            [.. given.Groups.Select(group => group with { Completions = [[group.Completions[0][0]]] })], options);
        given.RequireNear(
            "temperature 2 and a suppressed token", [.. tokens.Select((token, row) => scores[row, token].item<float>())],
            ContractCase.Values(statistics.LogProbabilities));
    }

    private static void Sequences(ContractCase given)
    {
        using IDisposable guard = no_grad();
        PackedGroup[] groups = [.. given.Groups.Select(group => group with { Completions = [group.Completions[^1]] })];
        float[] expected = given.LogProbabilities(given.Policy, groups);
        int width = groups.Max(group => group.Completions[0].Count);
        EncodedPrompt[] sequences = [.. groups.Select(SequenceOf)];
        using TokenStatistics whole = given.Policy.SequenceLogProbabilities(sequences);
        int columns = sequences.Max(sequence => sequence.TokenIds.Count) - 1;
        ContractCase.RequireShape("LogProbabilities", whole.LogProbabilities, sequences.Length, columns);
        float[] values = ContractCase.Values(whole.LogProbabilities);
        for (int row = 0; row < groups.Length; row++)
        {
            int count = groups[row].Completions[0].Count;
            given.RequireNear(
                $"the completion of prompt {row}, in TokenLogProbabilities and in a sequence",
                expected.AsSpan(row * width, count).ToArray(),
                values.AsSpan((row * columns) + groups[row].Prompt.TokenIds.Count - 1, count).ToArray());
        }
    }

    private static void Gradients(ContractCase given)
    {
        KeyValuePair<string, Parameter>[] trainable = [.. given.Policy.Parameters.Where(pair => pair.Value.requires_grad)];
        bool hasImages = given.Prompts.Any(prompt => prompt.Images.Count > 0);
        Dictionary<string, float[]?> packed = GradientsOf(trainable, () =>
        {
            using TokenStatistics statistics = given.Policy.TokenLogProbabilities(given.Groups, given.Plain);
            Run(statistics.LogProbabilities);
        });
        string[] none = [.. packed.Where(pair => pair.Value is null
            && (hasImages || given.Policy.PartOf(pair.Key) is ModelPart.Language or ModelPart.Adapter)).Select(pair => pair.Key)];
        ContractCase.Require(none.Length == 0, $"reach {string.Join(", ", none)} not at all.");
        if (given.Policy.DropoutSeed is not null)
        {
            return;
        }

        Dictionary<string, float[]?> plain = GradientsOf(trainable, () =>
        {
            foreach (PackedGroup group in given.Groups)
            {
                foreach (EncodedPrompt sequence in group.Completions.Select(completion => SequenceOf(group with { Completions = [completion] })))
                {
                    using DisposeScope scope = NewDisposeScope();
                    using TokenStatistics statistics = given.Policy.SequenceLogProbabilities([sequence]);
                    int prompt = group.Prompt.TokenIds.Count;
                    Run(statistics.LogProbabilities.narrow(1, prompt - 1, sequence.TokenIds.Count - prompt));
                }
            }
        });
        foreach ((string name, float[]? gradient) in packed.Where(pair => pair.Value is not null))
        {
            float[] other = plain[name] ?? new float[gradient!.Length];
            double norm = Math.Sqrt(other.Sum(value => (double)value * value));
            double distance = Math.Sqrt(gradient!.Zip(other, (left, right) => Math.Pow((double)left - right, 2)).Sum());
            ContractCase.Require(
                distance <= (GradientTolerance * norm) + GradientTolerance,
                $"of '{name}' by TokenLogProbabilities differ from those by SequenceLogProbabilities by {distance.ToText("G3")}, "
                + $"and have length {norm.ToText("G3")}.");
        }
    }

    private static void States(ContractCase given)
    {
        if (given.Policy is not IHiddenStatePolicy policy)
        {
            return;
        }

        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<int>[] rows = RowsOf(given);
        using PassOutput states = policy.CompletionStates(given.Groups);
        ContractCase.RequireShape("the result", states.Output, rows.Length, rows.Max(row => row.Count), policy.HiddenSize);
        ContractCase.Require(
            ContractCase.Values(states.Output).All(float.IsFinite), "a state is not finite, at a token or at padding.");
        int samples = given.Groups[0].Completions.Count;
        for (int row = 0; row < rows.Length; row++)
        {
            given.RequireNear(
                $"the state that predicts the first token, of completion {row} and of the first of its prompt",
                ContractCase.Values(states.Output[row / samples * samples, 0]), ContractCase.Values(states.Output[row, 0]));
        }
    }

    // Nothing may take a gradient in a pass without images, if only the tower is trained or adapted.
    private static void Run(Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        if (values.requires_grad)
        {
            values.sum().backward();
        }
    }

    private static Dictionary<string, float[]?> GradientsOf(KeyValuePair<string, Parameter>[] trainable, Action run)
    {
        Clear();
        run();
        Dictionary<string, float[]?> gradients = trainable.ToDictionary(pair => pair.Key, pair => Take(pair.Value));
        Clear();
        return gradients;

        void Clear()
        {
            foreach ((_, Parameter parameter) in trainable)
            {
                parameter.grad = null;
            }
        }
    }

    private static float[]? Take(Parameter parameter)
    {
        using Tensor? gradient = parameter.grad;
        return gradient is null ? null : ContractCase.Values(gradient);
    }

    private static EncodedPrompt SequenceOf(PackedGroup group) =>
        group.Prompt with { TokenIds = [.. group.Prompt.TokenIds, .. group.Completions[0]] };

    private static IReadOnlyList<int>[] RowsOf(ContractCase given) => [.. given.Groups.SelectMany(group => group.Completions)];
}
