using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Which layers the options select; names are those of <c>named_modules()</c> in transformers 5.</summary>
public sealed class LoraTargetTests
{
    [Fact]
    public void A_name_selects_every_layer_that_ends_with_it()
    {
        AssertTargets(
            new LoraOptions { TargetModules = ModuleSelection.Of("k_proj") },
            "model.language_model.layers.0.self_attn.k_proj", "model.language_model.layers.1.self_attn.k_proj");
        AssertTargets(
            new LoraOptions { TargetModules = ModuleSelection.Of("blocks.1.attn.proj", "mlp.0") },
            "model.visual.blocks.1.attn.proj", "model.visual.merger.mlp.0");
    }

    [Fact]
    public void All_linear_excludes_head_patch_kernel_embedding_and_norms()
    {
        string[] found = Targets(new LoraOptions { TargetModules = ModuleSelection.AllLinear });

        // 7 in each of 2 layers, 4 in each of 2 blocks, and 2 in the merger.
        Assert.Equal(2 * 7 + 2 * 4 + 2, found.Length);
        Assert.DoesNotContain("lm_head", found);
        Assert.DoesNotContain("model.visual.patch_embed.proj", found);
    }

    [Fact]
    public void A_pattern_of_the_decoder_selects_no_layers_of_the_tower()
    {
        // As in MedR1.Sampling.Remote's README, for servers that support no adapter on the tower.
        string[] found = Targets(
            new LoraOptions { TargetModules = ModuleSelection.Matching(@".*\.language_model\..*_proj") });

        Assert.Equal(2 * 7, found.Length);
        Assert.All(found, name => Assert.StartsWith("model.language_model.layers.", name));
    }

    [Fact]
    public void A_pattern_must_match_the_whole_name()
    {
        AssertTargets(
            new LoraOptions { TargetModules = ModuleSelection.Matching(@".*\.0\..*(q|o)_proj") },
            "model.language_model.layers.0.self_attn.q_proj", "model.language_model.layers.0.self_attn.o_proj");
        LoraException none = Assert.Throws<LoraException>(
            () => Targets(new LoraOptions { TargetModules = ModuleSelection.Matching("q_pro") }));
        Assert.Contains("matches no layer of the model", none.Message);
    }

    [Fact]
    public void Numbers_select_layers_of_one_list_or_of_any()
    {
        LoraOptions options = new() { TargetModules = ModuleSelection.Of("q_proj", "fc1"), LayersToTransform = [1] };
        AssertTargets(options, "model.language_model.layers.1.self_attn.q_proj", "model.visual.blocks.1.mlp.fc1");
        AssertTargets(options with { LayersPatterns = ["blocks"] }, "model.visual.blocks.1.mlp.fc1");
        AssertTargets(
            options with { LayersPatterns = ["(?:layers|blocks)"] },
            "model.language_model.layers.1.self_attn.q_proj", "model.visual.blocks.1.mlp.fc1");
    }

    // PEFT reads re.match(rf".*?\.{pattern}\.(\d+)\.", key).group(1), for which int() raises a ValueError on "layers".
    [Fact]
    public void A_pattern_with_a_group_that_is_not_the_number_is_a_mistake()
    {
        LoraException error = Assert.Throws<LoraException>(() => Targets(new LoraOptions
        {
            TargetModules = ModuleSelection.Of("q_proj"),
            LayersToTransform = [1],
            LayersPatterns = ["(layers|blocks)"],
        }));
        Assert.Contains(
            "layers_pattern has '(layers|blocks)', whose group is 'layers' where PEFT expects the number of a layer", error.Errors[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-16)]
    [InlineData(double.NaN)]
    public void A_new_adapter_needs_an_alpha_above_zero(double alpha)
    {
        LoraException error = Assert.Throws<LoraException>(() => Targets(new LoraOptions
        {
            Alpha = alpha,
            AlphaPattern = [KeyValuePair.Create("q_proj", alpha)],
        }));
        Assert.Equal(2, error.Errors.Count);
        Assert.All(error.Errors, mistake => Assert.Contains("give a finite number above 0", mistake));
    }

    [Fact]
    public void Patterns_set_rank_and_alpha_of_individual_layers()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraPolicy.Create(policy, LoraCase.Kinds["pattern"], seed: 1);
        Dictionary<string, long> ranks = lora.AdapterParameters.Where(pair => pair.Key.EndsWith("lora_A.weight"))
            .ToDictionary(pair => pair.Key["base_model.model.model.".Length..^".lora_A.weight".Length],
                pair => pair.Value.shape[0]);
        Assert.Equal(1, ranks["language_model.layers.0.mlp.up_proj"]);
        Assert.Equal(4, ranks["language_model.layers.0.mlp.gate_proj"]);
        Assert.Equal(5, ranks["visual.merger.mlp.0"]);
        Assert.Equal(4, ranks["visual.merger.mlp.2"]);
    }

    // Here the first match applies; of equal names in adapter_config.json, Python keeps the last value.
    [Fact]
    public void A_pattern_that_occurs_twice_is_a_mistake()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        LoraOptions options = new()
        {
            RankPattern = [KeyValuePair.Create("v_proj", 2), KeyValuePair.Create("v_proj", 4)],
            AlphaPattern = [KeyValuePair.Create("q_proj", 2.0), KeyValuePair.Create("v_proj", 2.0), KeyValuePair.Create("q_proj", 2.0)],
        };
        Assert.Equal(
            ["rank_pattern has 'v_proj' 2 times; give it one value.", "alpha_pattern has 'q_proj' 2 times; give it one value."],
            Assert.Throws<LoraException>(() => LoraPolicy.Create(policy, options, 1)).Errors);
    }

    [Fact]
    public void Every_mistake_in_the_options_is_reported_at_once()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        LoraOptions wrong = new() { Rank = 0, Dropout = 1, TargetModules = ModuleSelection.Matching("(") };
        Assert.Equal(3, Assert.Throws<LoraException>(() => LoraPolicy.Create(policy, wrong, 1)).Errors.Count);
        LoraOptions unknown = new()
        {
            TargetModules = ModuleSelection.Of("q_proj", "query", "ln_q"),
            ModulesToSave = ["classifier"],
        };
        IReadOnlyList<string> mistakes = Assert.Throws<LoraException>(
            () => LoraPolicy.Create(policy, unknown, 1)).Errors;
        Assert.Equal(3, mistakes.Count);
        Assert.Contains(mistakes, mistake => mistake.Contains("'query'") && mistake.Contains("k_proj"));
        Assert.Contains(mistakes, mistake => mistake.Contains("ln_q is a normalization layer"));
        Assert.Contains(mistakes, mistake => mistake.Contains("'classifier'"));
        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    private static void AssertTargets(LoraOptions options, params string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), Targets(options).Order(StringComparer.Ordinal));

    private static string[] Targets(LoraOptions options)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraPolicy.Create(policy, options, seed: 1);
        return [.. lora.AdapterParameters.Where(pair => pair.Key.EndsWith(".lora_B.weight"))
            .Select(pair => pair.Key["base_model.model.".Length..^".lora_B.weight".Length])];
    }
}
