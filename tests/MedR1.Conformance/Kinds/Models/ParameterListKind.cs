using System.Text.Json;

using MedR1.Models.Qwen2VL;

using static TorchSharp.torch;

namespace MedR1.Conformance;

/// <summary>
/// Names and shapes of the parameters of a model of published size, built on the meta device from both layouts.
/// </summary>
internal sealed class ParameterListKind : IConformanceKind
{
    public string Kind => "parameter-list";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        foreach (string input in (string[])["config", "config_saved"])
        {
            if (conformanceCase.Inputs.TryGetProperty(input, out JsonElement file))
            {
                Check(conformanceCase, checker, input, Qwen2VLConfiguration.Load(conformanceCase.FilePath(file)));
            }
        }
    }

    private static void Check(
        ConformanceCase conformanceCase, Checker checker, string input, Qwen2VLConfiguration configuration)
    {
        JsonElement expected = conformanceCase.Expected;
        using Qwen2VLNetwork network = new(configuration, META, ScalarType.BFloat16);
        Dictionary<string, long[]> shapes = Qwen2VLPolicy.ParametersOf(network)
            .ToDictionary(entry => entry.Key, entry => entry.Value.shape);
        using JsonDocument list =
            JsonDocument.Parse(File.ReadAllBytes(conformanceCase.FilePath(expected.GetProperty("parameters"))));
        foreach (JsonElement row in list.RootElement.EnumerateArray())
        {
            string saved = row[0].GetString()!;
            string inMemory = row[1].GetString()!;
            checker.Equal($"{input}: published name of {inMemory}", saved, CheckpointNames.ToPublished(inMemory));
            checker.Equal($"{input}: name in memory of {saved}", inMemory, CheckpointNames.ToInMemory(saved));
            if (shapes.TryGetValue(saved, out long[]? shape))
            {
                checker.SequenceEqual($"{input}: {saved}", [.. row[2].EnumerateArray().Select(size => size.GetInt64())],
                    shape);
            }
            else
            {
                checker.Fail($"{input}: the model has no parameter '{saved}'");
            }
        }

        checker.Equal($"{input}: tensor_count", expected.GetProperty("tensor_count").GetInt32(), shapes.Count);
        checker.Equal(
            $"{input}: parameter_count", expected.GetProperty("parameter_count").GetInt64(),
            shapes.Values.Sum(shape => shape.Aggregate(1L, (product, size) => product * size)));
        CheckResolved(checker, input, expected.GetProperty("resolved"), configuration);
    }

    private static void CheckResolved(Checker checker, string input, JsonElement resolved,
        Qwen2VLConfiguration configuration)
    {
        Dictionary<string, object> got = new()
        {
            ["tie_word_embeddings"] = configuration.TieWordEmbeddings,
            ["hidden_size"] = configuration.Text.HiddenSize,
            ["num_hidden_layers"] = configuration.Text.LayerCount,
            ["num_attention_heads"] = configuration.Text.HeadCount,
            ["num_key_value_heads"] = configuration.Text.KeyValueHeadCount,
            ["intermediate_size"] = configuration.Text.IntermediateSize,
            ["vocab_size"] = configuration.Text.VocabularySize,
            ["rms_norm_eps"] = configuration.Text.NormEpsilon,
            ["rope_theta"] = configuration.Text.RotaryBase,
            ["mrope_section"] = configuration.Text.RotarySections,
            ["vision_depth"] = configuration.Vision.Depth,
            ["vision_num_heads"] = configuration.Vision.HeadCount,
            ["vision_width"] = configuration.Vision.Width,
            ["vision_hidden_act"] = configuration.Vision.Activation,
            ["vision_rope_theta"] = configuration.Vision.RotaryBase,
        };
        foreach (JsonProperty field in resolved.EnumerateObject())
        {
            if (!got.TryGetValue(field.Name, out object? value))
            {
                checker.Fail($"{input}: this runner knows no resolved setting '{field.Name}'");
                continue;
            }

            string name = $"{input}: {field.Name}";
            switch (value)
            {
                case bool flag:
                    checker.Equal(name, field.Value.GetBoolean(), flag);
                    break;
                case string text:
                    checker.Equal(name, field.Value.GetString(), text);
                    break;
                case IReadOnlyList<int> sections:
                    checker.SequenceEqual(name, [.. field.Value.EnumerateArray().Select(item => item.GetInt32())],
                        sections);
                    break;
                default:
                    checker.Equal(name, field.Value.GetDouble(), Convert.ToDouble(value));
                    break;
            }
        }
    }
}
