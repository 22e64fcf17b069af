using System.Text;
using System.Text.Json.Nodes;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Values of which no model can be built are named.</summary>
public sealed class ConfigurationLimitsTests
{
    [Theory]
    [InlineData("vocab_size", "0")]
    [InlineData("vocab_size", "2000000000")]
    [InlineData("hidden_size", "0")]
    [InlineData("intermediate_size", "0")]
    [InlineData("intermediate_size", "2000000000")]
    [InlineData("num_hidden_layers", "2000000000")]
    [InlineData("num_attention_heads", "0")]
    [InlineData("num_key_value_heads", "0")]
    [InlineData("num_key_value_heads", "8")] // There are 4 heads.
    [InlineData("max_position_embeddings", "0")]
    [InlineData("rope_theta", "0")]
    [InlineData("rms_norm_eps", "1e999")]
    [InlineData("initializer_range", "-0.1")]
    [InlineData("initializer_range", "1e999")]
    [InlineData("image_token_id", "-1")]
    [InlineData("image_token_id", "320")] // The vocabulary has 320 tokens.
    [InlineData("video_token_id", "-1")]
    [InlineData("video_token_id", "320")]
    [InlineData("vision_start_token_id", "-1")]
    [InlineData("vision_start_token_id", "320")]
    [InlineData("vision_end_token_id", "-1")]
    [InlineData("vision_end_token_id", "320")]
    [InlineData("vision_config.depth", "0")]
    [InlineData("vision_config.depth", "2000000000")]
    [InlineData("vision_config.embed_dim", "0")]
    [InlineData("vision_config.embed_dim", "2000000000")]
    [InlineData("vision_config.num_heads", "0")]
    [InlineData("vision_config.mlp_ratio", "0")]
    [InlineData("vision_config.mlp_ratio", "1000000")]
    [InlineData("vision_config.hidden_act", "\"gelu\"")]
    [InlineData("vision_config.in_channels", "0")]
    [InlineData("vision_config.in_channels", "2000000000")]
    [InlineData("vision_config.patch_size", "0")]
    [InlineData("vision_config.patch_size", "2000000000")]
    [InlineData("vision_config.temporal_patch_size", "0")]
    [InlineData("vision_config.temporal_patch_size", "2000000000")]
    [InlineData("vision_config.spatial_merge_size", "0")]
    [InlineData("vision_config.spatial_merge_size", "2000000000")]
    [InlineData("vision_config.initializer_range", "-0.1")]
    [InlineData("vision_config.rope_parameters", "{\"rope_theta\": 0}", ".rope_theta")]
    [InlineData("rope_scaling", "{\"mrope_section\": [1, 1, 2, 0]}", "mrope_section")]
    [InlineData("rope_scaling", "{\"mrope_section\": [-1, 3, 2]}", "mrope_section")]
    public void Of_the_first_generation(string field, string value, string? named = null) =>
        Refuses(Qwen2VLFamily.Qwen2VL, field, value, named);

    // Windows are squares of 16 pixels, and a feature is a square of 2 · 4.
    [Theory]
    [InlineData("vision_config.hidden_size", "0")]
    [InlineData("vision_config.intermediate_size", "0")]
    [InlineData("vision_config.out_hidden_size", "16")] // The decoder's width is 32.
    [InlineData("vision_config.window_size", "7")]
    [InlineData("vision_config.window_size", "2000000000")]
    [InlineData("vision_config.fullatt_block_indexes", "[-1]")]
    [InlineData("vision_config.hidden_act", "\"quick_gelu\"")]
    public void Of_the_second_generation(string field, string value) => Refuses(Qwen2VLFamily.Qwen25VL, field, value, null);

    [Theory]
    [InlineData("num_key_value_heads", "4")]
    [InlineData("num_key_value_heads", "1")]
    [InlineData("initializer_range", "0")]
    [InlineData("vision_config.window_size", "8")]
    [InlineData("vision_config.tokens_per_second", "0")]
    [InlineData("vision_config.fullatt_block_indexes", "[0]")]
    [InlineData("vision_config.fullatt_block_indexes", "[]")]
    public void Values_at_the_limits_are_read(string field, string value) =>
        Assert.NotNull(With(Qwen2VLFamily.Qwen25VL, field, value));

    // Files of Qwen2-VL have no such fields: a saved model would compute other features than before.
    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, 16, 0, "vision_config.window_size")]
    [InlineData(Qwen2VLFamily.Qwen2VL, 0, 2, "vision_config.tokens_per_second")]
    [InlineData(Qwen2VLFamily.Qwen25VL, 16, -1, "vision_config.tokens_per_second")]
    [InlineData(Qwen2VLFamily.Qwen25VL, 16, double.NaN, "vision_config.tokens_per_second")]
    public void What_the_family_lacks_is_refused(Qwen2VLFamily family, int window, double tokensPerSecond, string field)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration(family);
        Qwen2VLVisionConfiguration vision = configuration.Vision with { WindowSize = window, TokensPerSecond = tokensPerSecond };
        Assert.Equal(
            field, Assert.Throws<ModelConfigurationException>(() => (configuration with { Vision = vision }).Validate()).Field);
    }

    private static void Refuses(Qwen2VLFamily family, string field, string value, string? named)
    {
        ModelConfigurationException error =
            Assert.Throws<ModelConfigurationException>(() => With(family, field, value));
        Assert.EndsWith(named ?? field, error.Field, StringComparison.Ordinal);
    }

    private static Qwen2VLConfiguration With(Qwen2VLFamily family, string field, string value)
    {
        JsonObject root = JsonNode.Parse(TinyModel.Configuration(family).ToJson())!.AsObject();
        JsonObject holder = field.Contains('.', StringComparison.Ordinal) ? root["vision_config"]!.AsObject() : root;
        holder[field.Split('.')[^1]] = JsonNode.Parse(value);
        return Qwen2VLConfiguration.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()));
    }
}
