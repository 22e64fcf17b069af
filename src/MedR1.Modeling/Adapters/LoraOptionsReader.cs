using System.Globalization;
using System.Text.Json;

namespace MedR1.Modeling;

/// <summary>Reads PEFT's <c>adapter_config.json</c> and collects its mistakes.</summary>
internal sealed class LoraOptionsReader(JsonElement json, List<string> mistakes)
{
    // Fields that are either read below or describe how the adapter was created or stored, not what it computes.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "auto_mapping", "base_model_name_or_path", "inference_mode", "revision", "task_type", "peft_version",
        "megatron_core", "qalora_group_size", "fan_in_fan_out", "init_lora_weights", "runtime_config", "eva_config",
        "peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules", "bias", "use_rslora",
        "modules_to_save", "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern", "use_dora",
        "lora_bias",
    };

    // Other initializations also change the base's weights, so that the adapter's files alone don't determine the model.
    private static readonly string[] HarmlessStarts = ["gaussian", "eva", "orthogonal"];

    /// <summary>The transformers class of the adapter's base model, if the file names it.</summary>
    public string? BaseClass => Find("auto_mapping") is { ValueKind: JsonValueKind.Object } mapping
        && mapping.TryGetProperty("base_model_class", out JsonElement name) && name.ValueKind == JsonValueKind.String
        ? name.GetString() : null;

    public LoraOptions Read()
    {
        string? type = Text("peft_type");
        if (type != "LORA")
            mistakes.Add($"peft_type is {type ?? "missing"}; this library reads LORA adapters.");
        RequireSupported();
        return new LoraOptions
        {
            Rank = Integer("r") ?? Missing("r", 1),
            Alpha = Number("lora_alpha") ?? Missing("lora_alpha", 1),
            UseRslora = Flag("use_rslora"),
            Dropout = Number("lora_dropout") ?? 0,
            TargetModules = Selection("target_modules") ?? MissingTargets(),
            ExcludedModules = Selection("exclude_modules"),
            LayersToTransform = Find("layers_to_transform") is null ? null : Integers("layers_to_transform"),
            LayersPatterns = Strings("layers_pattern"),
            RankPattern = [.. Pattern("rank_pattern").Select(pair => KeyValuePair.Create(pair.Key, (int)pair.Value))],
            AlphaPattern = Pattern("alpha_pattern"),
            Bias = Bias(),
            UpHasBias = Flag("lora_bias"),
            ModulesToSave = Strings("modules_to_save"),
            UseDora = Flag("use_dora"),
            BaseModel = Text("base_model_name_or_path"),
        };
    }

    private void RequireSupported()
    {
        foreach (JsonProperty property in json.EnumerateObject()
            .Where(property => !Harmless.Contains(property.Name) && !IsOff(property.Value)))
        {
            mistakes.Add(
                $"{property.Name} is {property.Value.GetRawText()}, an option that this library doesn't support; create the "
                + "adapter without it.");
        }

        if (Find("init_lora_weights") is { ValueKind: JsonValueKind.String } start
            && !HarmlessStarts.Contains(start.GetString(), StringComparer.OrdinalIgnoreCase))
        {
            mistakes.Add(
                $"init_lora_weights is '{start}', an initialization that also changes the base's weights; convert the adapter to "
                + "plain LoRA with PEFT (path_initial_model_for_weight_conversion).");
        }
    }

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.String => value.GetString()!.Length == 0,
        _ => false,
    };

    private LoraBias Bias()
    {
        switch (Text("bias"))
        {
            case null or "none":
                return LoraBias.None;
            case "all":
                return LoraBias.All;
            case "lora_only":
                return LoraBias.LoraOnly;
            case string other:
                mistakes.Add($"bias is '{other}'; use none, all or lora_only.");
                return LoraBias.None;
        }
    }

    private ModuleSelection? Selection(string field)
    {
        if (Find(field) is not { } value || (field == "exclude_modules" && IsOff(value)))
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0
            ? ModuleSelection.Matching(value.GetString()!)
            : ModuleSelection.Of(Strings(field));
    }

    private ModuleSelection MissingTargets()
    {
        mistakes.Add("target_modules is missing; name the layers to update.");
        return ModuleSelection.Of("missing");
    }

    private int Missing(string field, int instead)
    {
        mistakes.Add($"{field} is missing.");
        return instead;
    }

    private bool Flag(string field) => Find(field) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => Wrong(field, other, "true or false", false),
    };

    private int? Integer(string field) => Find(field) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : Wrong(field, value, "an integer", 1);

    private double? Number(string field) => Find(field) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble() : Wrong(field, value, "a number", 0);

    private string? Text(string field) => Find(field) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : Wrong(field, value, "a string", "");

    private IReadOnlyList<string> Strings(string field) => Find(field) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } list
            when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        { } other => Wrong<IReadOnlyList<string>>(field, other, "a list of strings", []),
    };

    private IReadOnlyList<int> Integers(string field) => Find(field) switch
    {
        { ValueKind: JsonValueKind.Number } one when one.TryGetInt32(out int number) => [number],
        { ValueKind: JsonValueKind.Array } list
            when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)) =>
            [.. list.EnumerateArray().Select(item => item.GetInt32())],
        { } other => Wrong<IReadOnlyList<int>>(field, other, "an integer or a list of integers", []),
        null => [],
    };

    private IReadOnlyList<KeyValuePair<string, double>> Pattern(string field)
    {
        if (Find(field) is not { } value)
            return [];
        bool isWhole = field == "rank_pattern";
        return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(property => IsNumber(property.Value))
            ? [.. value.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetDouble()))]
            : Wrong<IReadOnlyList<KeyValuePair<string, double>>>(field, value, "an object of numbers", []);

        bool IsNumber(JsonElement number) =>
            number.ValueKind == JsonValueKind.Number && (!isWhole || number.TryGetInt32(out _));
    }

    private JsonElement? Find(string field) =>
        json.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private T Wrong<T>(string field, JsonElement value, string expected, T instead)
    {
        mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{field} is {value.GetRawText()}, expected {expected}."));
        return instead;
    }
}
