using System.Text.Json;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Reads both layouts of <c>config.json</c>: text fields at the root, or in <c>text_config</c> with the root as a fallback.
/// </summary>
internal static class ConfigurationReader
{
    public static Qwen2VLConfiguration Read(ReadOnlyMemory<byte> json, string source)
    {
        using JsonDocument document = Parse(json, source);
        JsonElement root = document.RootElement;
        var top = new ConfigurationSection(source, "", root);
        Qwen2VLFamily family = Family(top, source);
        ConfigurationSection text = top.Section("text_config") is null
            ? top
            : new ConfigurationSection(source, "text_config.", root.GetProperty("text_config"), root);
        RefuseQuantized(top);
        RefuseQuantized(text);
        Qwen2VLTextConfiguration decoder = Text(text);
        ConfigurationSection vision = top.Section("vision_config")
            ?? throw top.Missing("vision_config", "add the object with the sizes of the vision tower.");
        var configuration = new Qwen2VLConfiguration
        {
            Family = family,
            Text = decoder,
            Vision = Vision(vision, family, decoder),
            TieWordEmbeddings = Tied(top, text),
            ImageTokenId = top.Integer("image_token_id", 151_655),
            VideoTokenId = top.Integer("video_token_id", 151_656),
            VisionStartTokenId = top.Integer("vision_start_token_id", 151_652),
            VisionEndTokenId = top.Integer("vision_end_token_id", 151_653),
            VisionPadTokenId = top.OptionalInteger("vision_token_id"),
            DataType = DataType(top),
        };
        configuration.Validate(source);
        return configuration;
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            JsonDocument document = UnicodeJson.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            string kind = document.RootElement.ValueKind.ToString();
            document.Dispose();
            throw new ModelConfigurationException(source, "(root)", kind, "the file must contain one JSON object.");
        }
        catch (JsonException error)
        {
            throw new ModelConfigurationException(source, "(root)", "not JSON", $"fix the file: {error.Message}",
                error);
        }
    }

    private static Qwen2VLFamily Family(ConfigurationSection top, string source)
    {
        string type = top.Text("model_type");
        return type switch
        {
            "qwen2_vl" => Qwen2VLFamily.Qwen2VL,
            "qwen2_5_vl" => Qwen2VLFamily.Qwen25VL,
            _ => throw new ModelConfigurationException(
                source, "model_type", $"\"{type}\"", "this package supports \"qwen2_vl\" and \"qwen2_5_vl\"."),
        };
    }

    // Quantized checkpoints contain integers and scales under different tensor names.
    private static void RefuseQuantized(ConfigurationSection section)
    {
        foreach (string field in (ReadOnlySpan<string>)["quantization_config", "compression_config"])
        {
            if (section.Find(field) is { } value)
            {
                throw section.Wrong(
                    field, value,
                    "quantized checkpoints are not supported: use the model as published in bfloat16, which Load can quantize to 8 bits.");
            }
        }
    }

    private static Qwen2VLTextConfiguration Text(ConfigurationSection text)
    {
        int hidden = text.Integer("hidden_size");
        int heads = text.Integer("num_attention_heads");
        // In transformers 5, a rope_scaling replaces the rope_parameters next to it.
        ConfigurationSection? rotary = text.FirstSection("rope_scaling", "rope_parameters");
        IReadOnlyList<int> sections = rotary?.Integers("mrope_section")
            ?? throw text.Missing("rope_scaling.mrope_section",
                "add the three sections; the published models have [16, 24, 24].");
        int layers = text.Integer("num_hidden_layers");
        RefuseOtherForms(text, rotary.Value);
        RefuseOtherHeads(text, hidden, heads);
        RefuseWindows(text, layers);
        return new Qwen2VLTextConfiguration
        {
            VocabularySize = text.Integer("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = text.Integer("intermediate_size"),
            LayerCount = layers,
            HeadCount = heads,
            KeyValueHeadCount = text.Integer("num_key_value_heads", heads),
            RotarySections = sections,
            RotaryBase =
                rotary?.Find("rope_theta") is null ? text.Number("rope_theta") : rotary.Value.Number("rope_theta"),
            NormEpsilon = text.Number("rms_norm_eps"),
            ContextLength = text.Integer("max_position_embeddings", 32_768),
            InitializerRange = text.Number("initializer_range", 0.02),
            BeginTokenId = text.FirstInteger("bos_token_id"),
            EndTokenId = text.FirstInteger("eos_token_id"),
        };
    }

    // Rejects forms that would load but compute different results.
    private static void RefuseOtherForms(ConfigurationSection text, ConfigurationSection rotary)
    {
        foreach (string field in (ReadOnlySpan<string>)["rope_type", "type"])
        {
            if (rotary.Text(field, "default") is not ("default" or "mrope"))
            {
                throw rotary.Wrong(
                    field, rotary.Find(field)!.Value,
                    "scaled rotary frequencies are not supported: write \"default\" and stay within the context length of the "
                    + "published model.");
            }
        }

        if (text.Text("hidden_act", "silu") != "silu")
            throw text.Wrong("hidden_act", text.Find("hidden_act")!.Value, "the decoder supports only \"silu\".");
    }

    // The reference's heads have the width hidden_size / num_attention_heads, but it computes rotary tables of width head_dim.
    private static void RefuseOtherHeads(ConfigurationSection text, int hidden, int heads)
    {
        if (text.OptionalInteger("head_dim") is { } written && (long)written * heads != hidden)
        {
            throw text.Wrong(
                "head_dim", text.Find("head_dim")!.Value,
                $"the width of a head is hidden_size / num_attention_heads, {hidden} / {heads}: write that, or omit the field.");
        }
    }

    // In the reference, layers before max_window_layers always use full attention; its default is 80.
    private static void RefuseWindows(ConfigurationSection text, int layers)
    {
        const string Fix = "sliding-window attention is not supported: ";
        if (text.Find("layer_types") is { } types)
        {
            if (text.Strings("layer_types")!.Any(type => type != "full_attention"))
                throw text.Wrong("layer_types", types, Fix + "each layer must be \"full_attention\", as in the published models.");
            return;
        }

        if (text.Flag("use_sliding_window", false) && text.Integer("max_window_layers", 80) < layers)
        {
            throw text.Wrong(
                "use_sliding_window", text.Find("use_sliding_window")!.Value,
                Fix + "write false, as in the published models.");
        }
    }

    private static Qwen2VLVisionConfiguration Vision(
        ConfigurationSection vision, Qwen2VLFamily family, Qwen2VLTextConfiguration text)
    {
        // hidden_size is the width of the decoder in Qwen2-VL's files and that of the tower in Qwen2.5-VL's. transformers 4.45 to
        // 4.49 omit fields that equal the defaults of its configuration class; the same defaults are used here.
        bool second = family == Qwen2VLFamily.Qwen25VL;
        int width = second ? vision.Integer("hidden_size") : vision.Integer("embed_dim", 1280);
        return new Qwen2VLVisionConfiguration
        {
            Depth = vision.Integer("depth", 32),
            Width = width,
            HeadCount = vision.Integer("num_heads", 16),
            MlpWidth = second ? vision.Integer("intermediate_size", 3420) : MlpWidth(width, vision.Number("mlp_ratio", 4)),
            OutputSize = vision.Integer(second ? "out_hidden_size" : "hidden_size", text.HiddenSize),
            Activation = vision.Text("hidden_act", second ? "silu" : "quick_gelu"),
            ChannelCount = vision.Integer("in_channels", vision.Integer("in_chans", 3)),
            PatchSize = vision.Integer("patch_size", 14),
            TemporalPatchSize = vision.Integer("temporal_patch_size", 2),
            SpatialMergeSize = vision.Integer("spatial_merge_size", 2),
            RotaryBase = vision.Section("rope_parameters")?.Number("rope_theta", 10_000) ?? 10_000,
            InitializerRange = vision.Number("initializer_range", text.InitializerRange),
            WindowSize = second ? vision.Integer("window_size", 112) : 0,
            FullAttentionBlocks = second ? vision.Integers("fullatt_block_indexes") ?? [7, 15, 23, 31] : [],
            TokensPerSecond = second ? vision.Number("tokens_per_second", 4) : 0,
        };
    }

    // The reference truncates the product; the tolerance makes a ratio that was computed from a width give that width again. A product
    // beyond the integers becomes the nearest one, which is out of range.
    private static int MlpWidth(int width, double ratio) => (int)Math.Floor(width * ratio + 1e-6);

    private static bool Tied(ConfigurationSection top, ConfigurationSection text) =>
        top.Find("tie_word_embeddings") is null ? text.Flag("tie_word_embeddings", false)
            : top.Flag("tie_word_embeddings", false);

    private static ScalarType DataType(ConfigurationSection top)
    {
        string name = top.Text("dtype", top.Text("torch_dtype", "float32"));
        return DataTypes.Of(name) ?? throw top.Wrong(
            top.Find("dtype") is null ? "torch_dtype" : "dtype",
            (top.Find("dtype") ?? top.Find("torch_dtype"))!.Value,
            $"write one of {DataTypes.Names}.");
    }
}
