using System.Text.Json;

namespace MedR1.Models.Qwen2VL;

/// <summary>Writes the flat published layout.</summary>
internal static class ConfigurationWriter
{
    public static byte[] Write(Qwen2VLConfiguration configuration)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            bool second = configuration.Family == Qwen2VLFamily.Qwen25VL;
            json.WriteStartArray("architectures");
            json.WriteStringValue(configuration.ArchitectureName);
            json.WriteEndArray();
            json.WriteString("model_type", second ? "qwen2_5_vl" : "qwen2_vl");
            Text(json, configuration.Text);
            json.WriteBoolean("tie_word_embeddings", configuration.TieWordEmbeddings);
            json.WriteNumber("vision_start_token_id", configuration.VisionStartTokenId);
            json.WriteNumber("vision_end_token_id", configuration.VisionEndTokenId);
            Optional(json, "vision_token_id", configuration.VisionPadTokenId);
            json.WriteNumber("image_token_id", configuration.ImageTokenId);
            json.WriteNumber("video_token_id", configuration.VideoTokenId);
            json.WriteString("torch_dtype", DataTypes.NameOf(configuration.DataType));
            Vision(json, configuration.Vision, second);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Text(Utf8JsonWriter json, Qwen2VLTextConfiguration text)
    {
        json.WriteNumber("vocab_size", text.VocabularySize);
        json.WriteNumber("hidden_size", text.HiddenSize);
        json.WriteNumber("intermediate_size", text.IntermediateSize);
        json.WriteNumber("num_hidden_layers", text.LayerCount);
        json.WriteNumber("num_attention_heads", text.HeadCount);
        json.WriteNumber("num_key_value_heads", text.KeyValueHeadCount);
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("attention_dropout", 0.0);
        json.WriteNumber("rms_norm_eps", text.NormEpsilon);
        json.WriteNumber("rope_theta", text.RotaryBase);
        json.WriteStartObject("rope_scaling");
        json.WriteString("type", "mrope");
        json.WriteStartArray("mrope_section");
        foreach (int section in text.RotarySections)
        {
            json.WriteNumberValue(section);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNumber("max_position_embeddings", text.ContextLength);
        json.WriteNumber("initializer_range", text.InitializerRange);
        json.WriteBoolean("use_sliding_window", false);
        json.WriteBoolean("use_cache", true);
        Optional(json, "bos_token_id", text.BeginTokenId);
        Optional(json, "eos_token_id", text.EndTokenId);
    }

    private static void Vision(Utf8JsonWriter json, Qwen2VLVisionConfiguration vision, bool second)
    {
        json.WriteStartObject("vision_config");
        json.WriteString("model_type", second ? "qwen2_5_vl" : "qwen2_vl");
        json.WriteNumber("depth", vision.Depth);
        json.WriteNumber("num_heads", vision.HeadCount);
        json.WriteString("hidden_act", vision.Activation);
        if (second)
        {
            json.WriteNumber("hidden_size", vision.Width);
            json.WriteNumber("intermediate_size", vision.MlpWidth);
            json.WriteNumber("out_hidden_size", vision.OutputSize);
            json.WriteNumber("window_size", vision.WindowSize);
            json.WriteNumber("tokens_per_second", vision.TokensPerSecond);
            json.WriteStartArray("fullatt_block_indexes");
            foreach (int block in vision.FullAttentionBlocks)
            {
                json.WriteNumberValue(block);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteNumber("embed_dim", vision.Width);
            json.WriteNumber("mlp_ratio", (double)vision.MlpWidth / vision.Width);
            json.WriteNumber("hidden_size", vision.OutputSize);
        }

        // transformers reads in_channels; published files contain in_chans.
        json.WriteNumber("in_channels", vision.ChannelCount);
        json.WriteNumber("in_chans", vision.ChannelCount);
        json.WriteNumber("patch_size", vision.PatchSize);
        json.WriteNumber("spatial_patch_size", vision.PatchSize);
        json.WriteNumber("temporal_patch_size", vision.TemporalPatchSize);
        json.WriteNumber("spatial_merge_size", vision.SpatialMergeSize);
        json.WriteNumber("initializer_range", vision.InitializerRange);
        if (vision.RotaryBase != 10_000)
        {
            json.WriteStartObject("rope_parameters");
            json.WriteString("rope_type", "axial");
            json.WriteNumber("rope_theta", vision.RotaryBase);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }
}
