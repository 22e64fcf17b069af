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
