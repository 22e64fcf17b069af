using System.Text.Json;

namespace MedR1.Modeling;

/// <summary>Writes PEFT's <c>adapter_config.json</c>.</summary>
internal static class LoraOptionsWriter
{
    public static byte[] Write(LoraOptions options, string architecture)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartObject("alpha_pattern");
            foreach ((string pattern, double alpha) in options.AlphaPattern)
            {
                json.WriteNumber(pattern, alpha);
            }

            json.WriteEndObject();
            json.WriteStartObject("auto_mapping");
            json.WriteString("base_model_class", architecture);

            // The library from which AutoPeftModel imports the class.
            json.WriteString("parent_library", "transformers");
            json.WriteEndObject();
            json.WriteString("base_model_name_or_path", options.BaseModel);
            json.WriteString("bias", options.Bias switch
            {
                LoraBias.All => "all",
                LoraBias.LoraOnly => "lora_only",
                _ => "none",
            });
            Selection(json, "exclude_modules", options.ExcludedModules);
            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("inference_mode", true);
            json.WriteBoolean("init_lora_weights", true);

            // PEFT refuses the patterns without the numbers, and a list without numbers next to a pattern of targets.
            IReadOnlyList<int>? numbers = options.LayersToTransform is { Count: > 0 } some ? some : null;
            Strings(json, "layers_pattern", numbers is null ? [] : options.LayersPatterns);
            json.WritePropertyName("layers_to_transform");
            JsonSerializer.Serialize(json, numbers);
            json.WriteNumber("lora_alpha", options.Alpha);
            json.WriteBoolean("lora_bias", options.UpHasBias);
            json.WriteNumber("lora_dropout", options.Dropout);
            Strings(json, "modules_to_save", options.ModulesToSave);
            json.WriteString("peft_type", "LORA");
            json.WriteNumber("r", options.Rank);
            json.WriteStartObject("rank_pattern");
            foreach ((string pattern, int rank) in options.RankPattern)
            {
                json.WriteNumber(pattern, rank);
            }

            json.WriteEndObject();

            // An empty list for an adapter of saved modules alone: PEFT takes null for targets that are to be chosen by it.
            if (options.TargetModules.Names is { Count: 0 } none)
                Array(json, "target_modules", none);
            else
                Selection(json, "target_modules", options.TargetModules);
            json.WriteNull("task_type");
            json.WriteBoolean("use_dora", options.UseDora);
            json.WriteBoolean("use_rslora", options.UseRslora);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Selection(Utf8JsonWriter json, string field, ModuleSelection? selection)
    {
        if (selection?.Pattern is { } pattern)
            json.WriteString(field, pattern);
        else
            Strings(json, field, selection?.Names ?? []);
    }

    private static void Strings(Utf8JsonWriter json, string field, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            json.WriteNull(field);
        else
            Array(json, field, values);
    }

    private static void Array(Utf8JsonWriter json, string field, IReadOnlyList<string> values)
    {
        json.WriteStartArray(field);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
