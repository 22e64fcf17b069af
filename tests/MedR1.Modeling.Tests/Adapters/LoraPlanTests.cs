using static TorchSharp.torch;

namespace MedR1.Modeling.Tests;

public sealed class LoraPlanTests
{
    private static readonly string[] Names =
    [
        "model.language_model.layers.0.mlp.gate_proj", "model.language_model.layers.1.mlp.gate_proj",
        "model.language_model.layers.1.mlp.up_proj",
    ];

    private static readonly LoraOptions Patterned = new()
    {
        Rank = 4,
        Alpha = 2.5,
        TargetModules = ModuleSelection.Of("gate_proj", "up_proj"),
        RankPattern = [KeyValuePair.Create("up_proj", 1)],
        AlphaPattern = [KeyValuePair.Create(@"layers\.1\.mlp\.gate_proj", 7.0)],
    };

    // Alpha divided by the rank, or by its square root.
    [Theory]
    [InlineData(false, new[] { 2.5 / 4, 7.0 / 4, 2.5 / 1 })]
    [InlineData(true, new[] { 2.5 / 2, 7.0 / 2, 2.5 / 1 })]
    public void Patterns_set_the_scale_of_individual_layers(bool rankStabilized, double[] expected)
    {
        using Projection layer = new(2, 2, false, CPU, ScalarType.Float32);
        List<string> mistakes = [];
        IReadOnlyList<LoraLayer> layers = LoraPlan.Make(
            Patterned with { UseRslora = rankStabilized },
            new AdapterHost([.. Names.Select(name => new AdaptableModule(name, name, layer))]), LoraNames.Current, isFromFile: false,
            mistakes);

        Assert.Empty(mistakes);
        Assert.Equal(expected, layers.Select(one => one.Scale));
    }

    // q_proj and o_proj are targets, of which o_proj has no bias; head is saved as a whole; k_proj is neither.
    [Theory]
    [InlineData(LoraBias.None, "q_proj 4, o_proj 4, head 0")]
    [InlineData(LoraBias.LoraOnly, "q_proj 4 bias, o_proj 4, head 0")]
    [InlineData(LoraBias.All, "q_proj 4 bias, k_proj 0 bias, o_proj 4, head 0")]
    public void Biases_are_trained_of_targets_or_of_all_layers_that_have_one_and_are_not_saved(LoraBias bias, string expected)
    {
        using Projection biased = new(2, 2, true, CPU, ScalarType.Float32), plain = new(2, 2, false, CPU, ScalarType.Float32);
        List<string> mistakes = [];
        IReadOnlyList<LoraLayer> layers = LoraPlan.Make(
            new LoraOptions { Rank = 4, TargetModules = ModuleSelection.Of("q_proj", "o_proj"), ModulesToSave = ["head"], Bias = bias },
            new AdapterHost(
            [
                new AdaptableModule("q_proj", "q_proj", biased), new AdaptableModule("k_proj", "k_proj", biased),
                new AdaptableModule("o_proj", "o_proj", plain), new AdaptableModule("head", "head", biased),
            ]),
            LoraNames.Current, isFromFile: false, mistakes);

        Assert.Empty(mistakes);
        Assert.Equal(
            expected, string.Join(", ", layers.Select(one => $"{one.Module.Name} {one.Rank}{(one.TrainsBias ? " bias" : "")}")));
        Assert.All(layers, one => Assert.Equal(one.Rank == 0 ? 0 : 2, one.Scale)); // Alpha is 8.
        Assert.Equal(["head"], layers.Where(one => one.IsSaved).Select(one => one.Module.Name));
    }

    // PEFT's check_target_module_exists: neither what is excluded nor what is inside a saved module is a target.
    [Fact]
    public void Excluded_layers_and_layers_of_saved_modules_are_no_targets()
    {
        using Projection layer = new(2, 2, false, CPU, ScalarType.Float32);
        AdapterHost host = new([.. Names.Select(name => new AdaptableModule(name, name, layer))]);
        Assert.Equal([Names[2]], Targets(Patterned with { ExcludedModules = ModuleSelection.Of("gate_proj") }));
        Assert.Equal([Names[0]], Targets(Patterned with { ModulesToSave = ["layers.1.mlp"] }));

        IEnumerable<string> Targets(LoraOptions options) => LoraPlan.Make(options, host, LoraNames.Current, isFromFile: false, [])
            .Where(one => one.Rank > 0).Select(one => one.Module.Name);
    }

    // Layers whose bias is trained, or that are saved as a whole, are named by other options.
    [Fact]
    public void Only_targets_are_named_as_such_in_place_of_older_names()
    {
        using Projection layer = new(2, 2, true, CPU, ScalarType.Float32);
        List<string> mistakes = [];
        (LoraOptions options, IReadOnlyList<LoraLayer> layers) = LoraPlan.ForNew(
            new LoraOptions { TargetModules = ModuleSelection.Of("model.0.q_proj"), ModulesToSave = ["head"], Bias = LoraBias.All },
            new AdapterHost(
            [
                new AdaptableModule("model.text.0.q_proj", "model.0.q_proj", layer),
                new AdaptableModule("model.text.0.k_proj", "model.0.k_proj", layer), new AdaptableModule("head", "head", layer),
            ]),
            mistakes);

        Assert.Empty(mistakes);
        Assert.Equal(3, layers.Count);
        Assert.Equal(["model.text.0.q_proj"], options.TargetModules.Names!);
        Assert.Equal(["head"], options.ModulesToSave);
    }

    [Fact]
    public void Trained_biases_are_no_targets()
    {
        using Projection layer = new(2, 2, true, CPU, ScalarType.Float32);
        List<string> mistakes = [];
        LoraPlan.Make(
            new LoraOptions { TargetModules = ModuleSelection.Of("query"), Bias = LoraBias.All },
            new AdapterHost([new AdaptableModule("q_proj", "q_proj", layer)]), LoraNames.Current, isFromFile: true, mistakes);
        Assert.Contains("target_modules is 'query', which matches no layer of the model", Assert.Single(mistakes));
    }

    [Fact]
    public void A_pattern_that_takes_too_long_is_a_mistake()
    {
        using Projection layer = new(2, 2, false, CPU, ScalarType.Float32);
        List<string> mistakes = [];

        // Every way to divide 40 letters into runs is tried before the missing end is noticed: 2^39 of them.
        LoraPlan.Make(
            new LoraOptions { TargetModules = ModuleSelection.Matching("(a+)+b") },
            new AdapterHost([new AdaptableModule(new string('a', 40), "older", layer)]), LoraNames.Current, isFromFile: true, mistakes);
        Assert.Contains("(a+)+b", Assert.Single(mistakes));
    }

    [Fact]
    public void What_is_not_an_expression_of_Python_is_a_mistake()
    {
        LoraOptions options = new()
        {
            TargetModules = ModuleSelection.Matching("(?<layer>q_proj)"),
            RankPattern = [KeyValuePair.Create("(?i)UP_PROJ", 2)],
        };
        Assert.Equal(
            [
                "'(?<layer>q_proj)' is not a regular expression of Python: it has a group of an unknown kind at or before position 3.",
                @"'(?i)UP_PROJ' is not a regular expression of Python: '(.*\.)?((?i)UP_PROJ)$', in which PEFT uses it, has flags for "
                    + "all of the expression that are not at its start at or before position 12.",
            ],
            LoraOptionsRules.Mistakes(options, isFromFile: true));
    }

    // PEFT 0.21 matches exclude_modules as an expression (check_target_module_exists), even if it says all-linear.
    [Fact]
    public void All_linear_excludes_nothing_in_a_file_and_is_a_mistake_in_a_new_adapter()
    {
        LoraOptions options = Patterned with { ExcludedModules = ModuleSelection.AllLinear };
        using Projection layer = new(2, 2, false, CPU, ScalarType.Float32);
        AdapterHost host = new([.. Names.Select(name => new AdaptableModule(name, name, layer))]);
        List<string> mistakes = [];

        Assert.Equal(3, LoraPlan.Make(options, host, LoraNames.Current, isFromFile: true, mistakes).Count);
        Assert.Empty(mistakes);
        LoraPlan.Make(options, host, LoraNames.Current, isFromFile: false, mistakes);
        Assert.Contains("exclude_modules is 'all-linear'", Assert.Single(mistakes));
    }

    // PEFT's LoraConfig and Embedding layer raise a ValueError.
    [Fact]
    public void A_bias_of_the_update_is_a_mistake_with_dora_and_for_an_embedding_table()
    {
        LoraOptions options = Patterned with { UpHasBias = true };
        Assert.Contains(
            "lora_bias and use_dora are both set",
            Assert.Single(LoraOptionsRules.Mistakes(options with { UseDora = true }, isFromFile: true)));

        using TokenEmbedding table = new(2, 2, CPU, ScalarType.Float32);
        List<string> mistakes = [];
        LoraPlan.Make(
            options with { TargetModules = ModuleSelection.Of("embed_tokens") },
            new AdapterHost([new AdaptableModule("embed_tokens", "embed_tokens", table)]), LoraNames.Current, isFromFile: true, mistakes);
        Assert.Contains("embed_tokens is an embedding table, whose update has no bias", mistakes[0]);
    }

    [Fact]
    public void The_lowest_values_are_no_mistakes() => Assert.Empty(LoraOptionsRules.Mistakes(
        new LoraOptions
        {
            Rank = 1,
            Alpha = double.Epsilon,
            Dropout = 0,
            RankPattern = [KeyValuePair.Create("q_proj", 1)],
            AlphaPattern = [KeyValuePair.Create("q_proj", double.Epsilon)],
        },
        isFromFile: false));

    [Fact]
    public void The_defaults_are_those_of_peft()
    {
        // LoraConfig: r 8, lora_alpha 8, lora_dropout 0, bias "none", use_rslora and use_dora false.
        LoraOptions options = new();
        Assert.Equal((8, 8.0, 0.0), (options.Rank, options.Alpha, options.Dropout));
        Assert.Equal((default(LoraBias), false, false), (options.Bias, options.UseRslora, options.UseDora));
        Assert.Equal(["q_proj", "v_proj"], options.TargetModules.Names!);
    }
}
