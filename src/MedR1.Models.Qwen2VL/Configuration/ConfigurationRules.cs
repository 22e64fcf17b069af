namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Checks that a model can be built from a configuration, with upper limits beyond which the file is considered damaged.
/// </summary>
internal static class ConfigurationRules
{
    private const int MaximumWidth = 1 << 17;
    private const int MaximumLayers = 1024;
    private const int MaximumVocabulary = 1 << 24;

    public static void Check(Qwen2VLConfiguration configuration, string source)
    {
        Text(configuration.Text, source);
        Vision(configuration, source);
        Tokens(configuration, source);
        if (!DataTypes.Values.Contains(configuration.DataType))
            throw new ModelConfigurationException(source, "torch_dtype", $"{configuration.DataType}", $"write one of {DataTypes.Names}.");
    }

    private static void Text(Qwen2VLTextConfiguration text, string source)
    {
        Range(source, "vocab_size", text.VocabularySize, 1, MaximumVocabulary);
        Range(source, "hidden_size", text.HiddenSize, 1, MaximumWidth);
        Range(source, "intermediate_size", text.IntermediateSize, 1, MaximumWidth * 8);
        Range(source, "num_hidden_layers", text.LayerCount, 1, MaximumLayers);
        Range(source, "num_attention_heads", text.HeadCount, 1, text.HiddenSize);
        Range(source, "num_key_value_heads", text.KeyValueHeadCount, 1, text.HeadCount);
        Range(source, "max_position_embeddings", text.ContextLength, 1, int.MaxValue);
        Divides(source, "num_attention_heads", text.HeadCount, "hidden_size", text.HiddenSize);
        Divides(source, "num_key_value_heads", text.KeyValueHeadCount, "num_attention_heads", text.HeadCount);
        Positive(source, "rms_norm_eps", text.NormEpsilon);
        Positive(source, "rope_theta", text.RotaryBase);
        Spread(source, "initializer_range", text.InitializerRange);
        bool fits = text.RotarySections.Count == 3 && text.RotarySections.All(section => section >= 0)
            && text.RotarySections.Sum(section => (long)section) * 2 == text.HeadSize;
        if (!fits)
        {
            throw new ModelConfigurationException(
                source, "mrope_section", $"[{string.Join(", ", text.RotarySections)}]",
                $"write three sections whose sum is half the width of a head, {(text.HeadSize / 2.0).ToText()}.");
        }
    }

    private static void Vision(Qwen2VLConfiguration configuration, string source)
    {
        Qwen2VLVisionConfiguration vision = configuration.Vision;
        bool second = configuration.Family == Qwen2VLFamily.Qwen25VL;
        string width = second ? "vision_config.hidden_size" : "vision_config.embed_dim";
        Range(source, "vision_config.depth", vision.Depth, 1, MaximumLayers);
        Range(source, width, vision.Width, 1, MaximumWidth);
        Range(source, "vision_config.num_heads", vision.HeadCount, 1, vision.Width);
        Range(source, second ? "vision_config.intermediate_size" : "vision_config.mlp_ratio", vision.MlpWidth, 1,
            MaximumWidth * 8);
        Range(source, "vision_config.in_channels", vision.ChannelCount, 1, 64);
        Range(source, "vision_config.patch_size", vision.PatchSize, 1, 1024);
        Range(source, "vision_config.temporal_patch_size", vision.TemporalPatchSize, 1, 64);
        Range(source, "vision_config.spatial_merge_size", vision.SpatialMergeSize, 1, 64);
        Divides(source, "vision_config.num_heads", vision.HeadCount, width, vision.Width);
        Positive(source, "vision_config.rope_parameters.rope_theta", vision.RotaryBase);
        Spread(source, "vision_config.initializer_range", vision.InitializerRange);
        if (vision.HeadSize % 4 != 0)
        {
            throw new ModelConfigurationException(
                source, "vision_config.num_heads", $"{vision.HeadCount}",
                $"heads of width {vision.HeadSize} can't be rotated in two dimensions; make their width a multiple of 4.");
        }

        if (vision.OutputSize != configuration.Text.HiddenSize)
        {
            throw new ModelConfigurationException(
                source, second ? "vision_config.out_hidden_size" : "vision_config.hidden_size", $"{vision.OutputSize}",
                $"the features are input to the decoder, so write its width, {configuration.Text.HiddenSize}.");
        }

        string activation = second ? "silu" : "quick_gelu";
        if (vision.Activation != activation)
        {
            throw new ModelConfigurationException(
                source, "vision_config.hidden_act", $"\"{vision.Activation}\"",
                $"this family supports only \"{activation}\".");
        }

        long values = (long)vision.ChannelCount * vision.TemporalPatchSize * vision.PatchSize * vision.PatchSize;
        if (values > int.MaxValue)
        {
            throw new ModelConfigurationException(
                source, "vision_config.patch_size", $"{vision.PatchSize}",
                $"a patch would have {values} values (in_channels x temporal_patch_size x patch_size x patch_size); write sizes that give "
                + $"at most {int.MaxValue}.");
        }

        if (second)
            Windows(vision, source);
        else
            NoWindows(vision, source);
    }

    private static void Windows(Qwen2VLVisionConfiguration vision, string source)
    {
        int unit = vision.SpatialMergeSize * vision.PatchSize;
        Range(source, "vision_config.window_size", vision.WindowSize, unit, MaximumWidth);
        foreach (int block in vision.FullAttentionBlocks)
        {
            Range(source, "vision_config.fullatt_block_indexes", block, 0, MaximumLayers);
        }

        Spread(source, "vision_config.tokens_per_second", vision.TokensPerSecond);
    }

    // A file of the first generation has no such fields, so that a saved model would compute other features than before.
    private static void NoWindows(Qwen2VLVisionConfiguration vision, string source)
    {
        const string Fix = "only Qwen2.5-VL has it; leave it out.";
        if (vision.WindowSize != 0)
            throw new ModelConfigurationException(source, "vision_config.window_size", $"{vision.WindowSize}", Fix);
        if (vision.TokensPerSecond != 0)
            throw new ModelConfigurationException(source, "vision_config.tokens_per_second", vision.TokensPerSecond.ToText(), Fix);
    }

    private static void Tokens(Qwen2VLConfiguration configuration, string source)
    {
        int last = configuration.Text.VocabularySize - 1;
        Range(source, "image_token_id", configuration.ImageTokenId, 0, last);
        Range(source, "video_token_id", configuration.VideoTokenId, 0, last);
        Range(source, "vision_start_token_id", configuration.VisionStartTokenId, 0, last);
        Range(source, "vision_end_token_id", configuration.VisionEndTokenId, 0, last);
    }

    private static void Range(string source, string field, int value, int lowest, int highest)
    {
        if (value < lowest || value > highest)
            throw new ModelConfigurationException(source, field, $"{value}",
                $"write a number from {lowest} to {highest}.");
    }

    private static void Divides(string source, string field, int divisor, string wholeField, int whole)
    {
        if (whole % divisor != 0)
        {
            throw new ModelConfigurationException(
                source, field, $"{divisor}", $"it must divide {wholeField}, which is {whole}.");
        }
    }

    private static void Positive(string source, string field, double value)
    {
        if (!double.IsFinite(value) || value <= 0)
            throw new ModelConfigurationException(source, field, $"{value.ToText()}", "write a positive number.");
    }

    private static void Spread(string source, string field, double value)
    {
        if (!double.IsFinite(value) || value < 0)
            throw new ModelConfigurationException(source, field, $"{value.ToText()}", "write a number that is not negative.");
    }
}
