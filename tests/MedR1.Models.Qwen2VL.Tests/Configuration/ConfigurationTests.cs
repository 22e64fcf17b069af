using System.Text;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class ConfigurationTests
{
    // The published file of Qwen2-VL-2B-Instruct.
    private const string Flat = """
        {"model_type": "qwen2_vl", "hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
         "num_attention_heads": 12, "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": true,
         "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
         "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
         "max_position_embeddings": 32768, "bos_token_id": 151643, "eos_token_id": 151645, "vision_token_id": 151654,
         "torch_dtype": "bfloat16",
         "vision_config": {"depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3,
                           "hidden_size": 1536, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2}}
        """;

    private const string Yarn = "\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0, \"mrope_section\": [16, 24, 24]}, ";

    [Fact]
    public void The_published_layout_is_read()
    {
        Qwen2VLConfiguration configuration = Parse(Flat);
        Assert.Equal(Qwen2VLFamily.Qwen2VL, configuration.Family);
        Assert.Equal(128, configuration.Text.HeadSize);
        Assert.Equal(80, configuration.Vision.HeadSize);
        Assert.Equal(5120, configuration.Vision.MlpWidth);
        Assert.Equal(1176, configuration.Vision.PatchVectorSize);
        Assert.Equal("quick_gelu", configuration.Vision.Activation);
        Assert.Equal([16, 24, 24], configuration.Text.RotarySections);
        Assert.Equal(151_655, configuration.ImageTokenId);
        Assert.Equal(ScalarType.BFloat16, configuration.DataType);
        Assert.True(configuration.TieWordEmbeddings);
    }

    [Fact]
    public void The_nested_layout_of_later_releases_is_read_equally()
    {
        JsonObject root = JsonNode.Parse(Flat)!.AsObject();
        var text = new JsonObject
        {
            ["rope_parameters"] = JsonNode.Parse("""{"mrope_section": [16, 24, 24], "rope_theta": 1000000.0}"""),
        };
        foreach (string field in (string[])["hidden_size", "intermediate_size", "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads", "vocab_size", "rms_norm_eps", "max_position_embeddings", "bos_token_id",
            "eos_token_id"])
        {
            JsonNode value = root[field]!;
            root.Remove(field);
            text[field] = value.DeepClone();
        }

        root.Remove("rope_theta");
        root.Remove("rope_scaling");
        root.Remove("torch_dtype");
        root["dtype"] = "bfloat16";
        root["text_config"] = text;
        Assert.Equal(Parse(Flat).ToJson(), Parse(root.ToJsonString()).ToJson());
    }

    // What transformers 4.45 to 4.49 write for the towers of the published 7B models: to_diff_dict omits values that equal the
    // defaults of the class (configuration_qwen2_vl.py and configuration_qwen2_5_vl.py).
    [Theory]
    [InlineData("qwen2_vl", """{"in_chans": 3, "model_type": "qwen2_vl", "spatial_patch_size": 14}""", 5120, 0, 0, 0)]
    [InlineData(
        "qwen2_5_vl",
        """{"hidden_size": 1280, "in_chans": 3, "model_type": "qwen2_5_vl", "spatial_patch_size": 14, "tokens_per_second": 2}""",
        3420, 112, 4, 2)]
    public void Omitted_values_are_the_defaults_of_the_class(
        string family, string vision, int mlpWidth, int windowSize, int fullAttentionBlocks, double tokensPerSecond)
    {
        JsonObject root = JsonNode.Parse(Flat)!.AsObject();
        root["model_type"] = family;
        root["hidden_size"] = 3584;
        root["num_attention_heads"] = 28;
        root["vision_config"] = JsonNode.Parse(vision);
        Qwen2VLVisionConfiguration tower = Parse(root.ToJsonString()).Vision;
        Assert.Equal((32, 16, 1280, mlpWidth), (tower.Depth, tower.HeadCount, tower.Width, tower.MlpWidth));
        Assert.Equal((3584, 14, 2, 2), (tower.OutputSize, tower.PatchSize, tower.TemporalPatchSize, tower.SpatialMergeSize));
        Assert.Equal(
            (windowSize, fullAttentionBlocks, tokensPerSecond),
            (tower.WindowSize, tower.FullAttentionBlocks.Count, tower.TokensPerSecond));
    }

    // configuration_qwen2_vl.py in transformers 5: the text configuration contains its own rotary fields, those of the root are ignored,
    // and convert_rope_params_to_dict prefers rope_scaling, as written by hand for long contexts, to rope_parameters.
    [Theory]
    [InlineData(Yarn, "", false)]
    [InlineData("", Yarn, true)]
    public void A_rotary_form_of_earlier_releases_replaces_that_of_later_ones_next_to_it(string ofRoot, string ofText, bool isRefused)
    {
        string json = Flat.Replace("\"rope_scaling\": {\"type\": \"mrope\", \"mrope_section\": [16, 24, 24]},", ofRoot, StringComparison.Ordinal)
            .Replace(
                "\"vision_config\"",
                "\"text_config\": {" + ofText + "\"rope_parameters\": {\"mrope_section\": [16, 24, 24]}}, \"vision_config\"",
                StringComparison.Ordinal);
        Exception? error = Record.Exception(() => Parse(json));
        Assert.Equal(isRefused ? "text_config.rope_scaling.type" : null, (error as ModelConfigurationException)?.Field);
        Assert.Equal(isRefused, error is not null);
    }

    // The head belongs to the whole model, whose field takes precedence.
    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "true", true)]
    [InlineData("false", "true", false)]
    [InlineData("true", "false", true)]
    public void A_head_is_tied_by_the_root_or_else_by_the_text_configuration(string ofRoot, string ofText, bool isTied)
    {
        JsonObject root = JsonNode.Parse(Flat)!.AsObject(), text = [];
        root.Remove("tie_word_embeddings");
        root["text_config"] = text;
        foreach ((JsonObject holder, string written) in new[] { (root, ofRoot), (text, ofText) })
        {
            if (written != "")
                holder["tie_word_embeddings"] = JsonNode.Parse(written);
        }

        Assert.Equal(isTied, Parse(root.ToJsonString()).TieWordEmbeddings);
    }

    [Theory]
    [InlineData("[151645, 151643]", 151645)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    public void End_tokens_may_be_a_list(string written, int? first)
    {
        Qwen2VLConfiguration configuration = Parse(
            Flat.Replace("\"eos_token_id\": 151645", $"\"eos_token_id\": {written}", StringComparison.Ordinal));
        Assert.Equal(first, configuration.Text.EndTokenId);
    }

    [Theory]
    [InlineData("\"type\": \"default\", \"rope_type\": \"default\", ")]
    [InlineData("")]
    public void Unscaled_rotary_forms_are_read(string written) => Assert.Equal(
        Parse(Flat).ToJson(), Parse(Flat.Replace("\"type\": \"mrope\", ", written, StringComparison.Ordinal)).ToJson());

    // configuration_qwen2_vl.py in transformers 5: layers have a window from max_window_layers on, which is 80 by default.
    [Theory]
    [InlineData("\"use_sliding_window\": true, ")]
    [InlineData("\"max_window_layers\": 0, ")]
    [InlineData("\"layer_types\": [\"full_attention\"], \"use_sliding_window\": true, \"max_window_layers\": 0, ")]
    [InlineData("\"use_sliding_window\": true, \"sliding_window\": 4096, \"max_window_layers\": 28, ")]
    [InlineData("\"layer_types\": [\"full_attention\"], ")]
    [InlineData("\"head_dim\": 128, ")]
    public void Equivalent_forms_are_read(string written) => Assert.Equal(
        Parse(Flat).ToJson(),
        Parse(Flat.Replace("\"rms_norm_eps\"", written + "\"rms_norm_eps\"", StringComparison.Ordinal)).ToJson());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_quantized_model_with_a_text_configuration_is_refused_too(bool isOfText)
    {
        JsonObject root = JsonNode.Parse(Flat)!.AsObject(), text = [];
        root["text_config"] = text;
        (isOfText ? text : root)["quantization_config"] = JsonNode.Parse("{\"quant_method\": \"fp8\"}");
        ModelConfigurationException error = Assert.Throws<ModelConfigurationException>(() => Parse(root.ToJsonString()));
        Assert.Equal(isOfText ? "text_config.quantization_config" : "quantization_config", error.Field);
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false)]
    public void A_written_configuration_reads_back_equal(Qwen2VLFamily family, bool tied)
    {
        // No value is the default.
        Qwen2VLConfiguration tiny = TinyModel.Configuration(family, tied), configuration = tiny with
        {
            VisionPadTokenId = 5,
            Text = tiny.Text with { BeginTokenId = 6, NormEpsilon = 1e-5 },
            Vision = tiny.Vision with
            {
                ChannelCount = 1,
                TemporalPatchSize = 1,
                SpatialMergeSize = 1,
                RotaryBase = 500,
                InitializerRange = 0.5,
            },
        };
        Qwen2VLConfiguration read = Qwen2VLConfiguration.Parse(configuration.ToJson());
        Assert.Equal(configuration.ToJson(), read.ToJson());
        Assert.Equal(configuration.Vision with { FullAttentionBlocks = read.Vision.FullAttentionBlocks }, read.Vision);
        Assert.Equal(configuration.Text with { RotarySections = read.Text.RotarySections }, read.Text);
        Assert.Equal(configuration.Vision.FullAttentionBlocks, read.Vision.FullAttentionBlocks);
        Assert.Equal(configuration.Text.RotarySections, read.Text.RotarySections);
        Assert.Equal(configuration with { Text = read.Text, Vision = read.Vision }, read);
    }

    [Theory]
    [InlineData("hidden_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("num_attention_heads")]
    [InlineData("vocab_size")]
    [InlineData("rms_norm_eps")]
    [InlineData("rope_theta")]
    [InlineData("model_type")]
    [InlineData("vision_config")]
    public void A_missing_field_is_named(string field)
    {
        JsonObject root = JsonNode.Parse(Flat)!.AsObject();
        root.Remove(field);
        ModelConfigurationException error =
            Assert.Throws<ModelConfigurationException>(() => Parse(root.ToJsonString()));
        Assert.Equal(field, error.Field);
        Assert.Null(error.Value);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hidden_size\": 1536, \"int", "\"hidden_size\": -1, \"int", "hidden_size")]
    [InlineData("\"hidden_size\": 1536, \"int", "\"hidden_size\": 2000000000, \"int", "hidden_size")]
    [InlineData("\"hidden_size\": 1536, \"int", "\"hidden_size\": \"big\", \"int", "hidden_size")]
    [InlineData("\"num_attention_heads\": 12", "\"num_attention_heads\": 7", "num_attention_heads")]
    [InlineData("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 5", "num_key_value_heads")]
    [InlineData("\"num_hidden_layers\": 28", "\"num_hidden_layers\": 0", "num_hidden_layers")]
    [InlineData("[16, 24, 24]", "[16, 24, 23]", "mrope_section")]
    [InlineData("[16, 24, 24]", "[2147483647, 24, 24]", "mrope_section")]
    [InlineData("\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": 0", "rms_norm_eps")]
    [InlineData("\"depth\": 32", "\"depth\": -3", "vision_config.depth")]
    [InlineData("\"num_heads\": 16", "\"num_heads\": 9", "vision_config.num_heads")]
    [InlineData("\"embed_dim\": 1280, \"mlp_ratio\": 4, \"num_heads\": 16",
        "\"embed_dim\": 96, \"mlp_ratio\": 4, \"num_heads\": 16", "vision_config.num_heads")] // Heads of width 6.
    [InlineData("\"hidden_size\": 1536, \"patch", "\"hidden_size\": 1024, \"patch",
        "vision_config.hidden_size")]
    [InlineData("\"vocab_size\": 151936", "\"vocab_size\": 1000", "image_token_id")]
    [InlineData(
        "\"patch_size\": 14, \"spatial_merge_size\": 2, \"temporal_patch_size\": 2",
        "\"in_channels\": 64, \"patch_size\": 1024, \"spatial_merge_size\": 2, \"temporal_patch_size\": 64",
        "vision_config.patch_size")] // Patches of 2³² values.
    [InlineData("qwen2_vl", "llava", "model_type")]
    [InlineData("bfloat16", "int4", "torch_dtype")]
    [InlineData("\"torch_dtype\"", "\"dtype\": \"int4\", \"torch_dtype\"", "dtype")]
    [InlineData("\"mlp_ratio\": 4", "\"mlp_ratio\": 1e300", "vision_config.mlp_ratio")]
    [InlineData("\"mlp_ratio\": 4", "\"mlp_ratio\": -1e300", "vision_config.mlp_ratio")]
    [InlineData("\"type\": \"mrope\"", "\"type\": \"yarn\", \"factor\": 4.0", "rope_scaling.type")]
    [InlineData("\"type\": \"mrope\"", "\"rope_type\": \"dynamic\"", "rope_scaling.rope_type")]
    [InlineData("\"rms_norm_eps\"", "\"hidden_act\": \"gelu\", \"rms_norm_eps\"", "hidden_act")]
    [InlineData(
        "\"rms_norm_eps\"", "\"use_sliding_window\": true, \"max_window_layers\": 27, \"rms_norm_eps\"", "use_sliding_window")]
    [InlineData("\"rms_norm_eps\"", "\"layer_types\": [\"full_attention\", \"sliding_attention\"], \"rms_norm_eps\"", "layer_types")]
    [InlineData("\"rms_norm_eps\"", "\"layer_types\": [1], \"rms_norm_eps\"", "layer_types")]
    [InlineData("\"rms_norm_eps\"", "\"head_dim\": 64, \"rms_norm_eps\"", "head_dim")]
    [InlineData("\"rms_norm_eps\"", "\"quantization_config\": {\"quant_method\": \"gptq\"}, \"rms_norm_eps\"", "quantization_config")]
    [InlineData("\"rms_norm_eps\"", "\"compression_config\": {}, \"rms_norm_eps\"", "compression_config")]
    public void An_invalid_field_is_named_with_its_value(string from, string to, string field)
    {
        ModelConfigurationException error = Assert.Throws<ModelConfigurationException>(
            () => Parse(Flat.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal(field, error.Field);
        Assert.NotNull(error.Value);
        Assert.NotEmpty(error.Fix);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Every_data_type_of_weights_is_written_and_read(ScalarType type) => Assert.Equal(
        type, Qwen2VLConfiguration.Parse((TinyModel.Configuration() with { DataType = type }).ToJson()).DataType);

    [Theory]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.ComplexFloat32)]
    public void Other_data_types_are_refused(ScalarType type)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration();
        Assert.Throws<ArgumentException>(() => Qwen2VLPolicy.CreateRandom(configuration, TinyModel.Processor(), 1, CPU, type));
        Assert.Equal(
            "torch_dtype",
            Assert.Throws<ModelConfigurationException>(() => (configuration with { DataType = type }).Validate()).Field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"model_type\": ")]
    [InlineData("{\"model_type\": \"\\ud800\"}")]
    public void What_is_no_object_is_refused(string json) =>
        Assert.Throws<ModelConfigurationException>(() => Parse(json));

    private static Qwen2VLConfiguration Parse(string json) => Qwen2VLConfiguration.Parse(Encoding.UTF8.GetBytes(json));
}
