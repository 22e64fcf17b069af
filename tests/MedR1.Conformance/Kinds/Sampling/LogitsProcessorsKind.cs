using System.Text.Json;

using MedR1.Sampling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>Individual logits processors, and their chain in the order of <c>generate</c>.</summary>
internal sealed class LogitsProcessorsKind : IConformanceKind
{
    private static readonly Dictionary<Type, string> ReferenceNames = new()
    {
        [typeof(RepetitionPenaltyProcessor)] = "RepetitionPenaltyLogitsProcessor",
        [typeof(MinNewTokensProcessor)] = "MinNewTokensLengthLogitsProcessor",
        [typeof(SuppressedTokensProcessor)] = "SuppressTokensLogitsProcessor",
        [typeof(TemperatureProcessor)] = "TemperatureLogitsWarper",
        [typeof(TopKProcessor)] = "TopKLogitsWarper",
        [typeof(TopPProcessor)] = "TopPLogitsWarper",
        [typeof(MinPProcessor)] = "MinPLogitsWarper",
    };

    public string Kind => "logits-processors";

    public string? Obstacle(ConformanceCase conformanceCase)
    {
        // An option that the library lacks is recognized by its processor in the order of the chain.
        bool isSingle = conformanceCase.Inputs.TryGetProperty("processors", out JsonElement processors);
        string[] unknown =
        [
            .. (isSingle
                ? processors.EnumerateArray().Select(entry => entry.GetProperty("class").GetString()!)
                : conformanceCase.Expected.GetProperty("order").EnumerateArray().Select(name => name.GetString()!))
            .Where(name => !ReferenceNames.ContainsValue(name)),
        ];
        if (unknown.Length == 0)
        {
            return null;
        }

        string[] options =
            isSingle ? [] : GenerationOptions.Unknown(conformanceCase.Inputs.GetProperty("generation"));
        return $"unknown {string.Join(", ", [.. options, .. unknown])}";
    }

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = conformanceCase.Torch(conformanceCase.Inputs.GetProperty("logits"), ScalarType.Float32);
        if (conformanceCase.Inputs.TryGetProperty("processors", out JsonElement processors))
        {
            CheckSingle(conformanceCase, checker, processors, logits);
        }
        else
        {
            CheckChain(conformanceCase, checker, logits);
        }
    }

    private static void CheckSingle(
        ConformanceCase conformanceCase, Checker checker, JsonElement processors, Tensor logits)
    {
        int[][] ids = Rows(conformanceCase.Inputs.GetProperty("input_ids"));
        Tensor output = logits;
        foreach (JsonElement entry in processors.EnumerateArray())
        {
            JsonElement arguments = entry.GetProperty("arguments");
            int[] ignored = arguments.TryGetProperty("prompt_ignore_length", out JsonElement ignore)
                ? GenerationOptions.Integers(ignore) : [];
            int[][] counted =
                [.. ids.Select((row, i) => row[(ignored.Length == 0 ? 0 : ignored[i % ignored.Length])..])];
            int skipped = GenerationOptions.Integer(arguments, "prompt_length_to_skip") ?? 0;
            using TokenHistory history = TokenHistory.Create(counted, 1, (int)logits.shape[1], conformanceCase.Device);
            LogitsContext context = new([.. ids.Select(row => row.Length - skipped)], history);
            output = Create(entry.GetProperty("class").GetString()!, arguments).Process(output, context);
        }

        double[] got = output.ToDoubles();
        GoldenTensor expected = conformanceCase.Tensor(conformanceCase.Expected.GetProperty("output"));
        if (conformanceCase.Inputs.TryGetProperty("compare", out JsonElement compare)
            && compare.GetString() == "sorted")
        {
            expected = expected with { Values = SortRows(expected.Values, ids.Length) };
            got = SortRows(got, ids.Length);
        }

        checker.Numbers("output", expected, got);
        if (conformanceCase.Expected.TryGetProperty("kept", out JsonElement kept))
        {
            checker.SequenceEqual("kept", GenerationOptions.Integers(kept),
                [.. got.Chunk(got.Length / ids.Length).Select(row => row.Count(double.IsFinite))]);
        }
    }

    private static void CheckChain(ConformanceCase conformanceCase, Checker checker, Tensor logits)
    {
        JsonElement inputs = conformanceCase.Inputs;
        SamplingOptions options = GenerationOptions.Read(inputs.GetProperty("generation"));
        ILogitsProcessor[] chain =
        [
            .. LogitsProcessors.CreatePenalties(options, options.EndTokenIds!, options.SuppressedTokenIds),
            .. LogitsProcessors.CreateWarpers(options),
        ];
        checker.SequenceEqual(
            "order",
            [.. conformanceCase.Expected.GetProperty("order").EnumerateArray().Select(name => name.GetString()!)],
            [.. chain.Select(processor => ReferenceNames[processor.GetType()])]);

        int[][] ids = Rows(inputs.GetProperty("input_ids"));
        int[][] mask = Rows(inputs.GetProperty("attention_mask"));
        int promptLength = inputs.GetProperty("prompt_length").GetInt32();
        int[][] counted =
            [.. ids.Select((row, i) => row.Where((_, k) => k >= promptLength || mask[i][k] == 1).ToArray())];
        using TokenHistory history = TokenHistory.Create(counted, 1, (int)logits.shape[1], conformanceCase.Device);
        LogitsContext context = new([.. ids.Select(row => row.Length - promptLength)], history);
        Tensor output = logits;
        for (int i = 0; i < chain.Length; i++)
        {
            output = chain[i].Process(output, context);
            if (conformanceCase.Expected.TryGetProperty($"stage_{i}", out JsonElement stage))
            {
                checker.Numbers($"stage_{i}", conformanceCase.Tensor(stage), output.ToDoubles());
            }
        }

        checker.Numbers(
            "output", conformanceCase.Tensor(conformanceCase.Expected.GetProperty("output")), output.ToDoubles());
        checker.Numbers(
            "probabilities",
            conformanceCase.Tensor(conformanceCase.Expected.GetProperty("probabilities")),
            output.softmax(1).ToDoubles());
    }

    private static ILogitsProcessor Create(string name, JsonElement arguments)
    {
        int minTokensToKeep = GenerationOptions.Integer(arguments, "min_tokens_to_keep") ?? 1;
        return name switch
        {
            "RepetitionPenaltyLogitsProcessor" =>
                new RepetitionPenaltyProcessor(arguments.GetProperty("penalty").GetDouble()),
            "MinNewTokensLengthLogitsProcessor" => new MinNewTokensProcessor(
                arguments.GetProperty("min_new_tokens").GetInt32(),
                GenerationOptions.Integers(arguments.GetProperty("eos_token_id"))),
            "SuppressTokensLogitsProcessor" => new SuppressedTokensProcessor(
                GenerationOptions.Integers(arguments.GetProperty("suppress_tokens"))),
            "TemperatureLogitsWarper" => new TemperatureProcessor(arguments.GetProperty("temperature").GetDouble()),
            "TopKLogitsWarper" => new TopKProcessor(arguments.GetProperty("top_k").GetInt32(), minTokensToKeep),
            "TopPLogitsWarper" => new TopPProcessor(arguments.GetProperty("top_p").GetDouble(), minTokensToKeep),
            "MinPLogitsWarper" => new MinPProcessor(arguments.GetProperty("min_p").GetDouble(), minTokensToKeep),
            _ => throw new NotSupportedException($"The processor {name} isn't known."),
        };
    }

    private static int[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(GenerationOptions.Integers)];

    private static double[] SortRows(double[] values, int rows) =>
        [.. values.Chunk(values.Length / rows).SelectMany(row => row.Order())];
}
