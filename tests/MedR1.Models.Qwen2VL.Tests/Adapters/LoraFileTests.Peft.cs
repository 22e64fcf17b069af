using System.Text.Json.Nodes;
using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <content>What PEFT also writes and reads.</content>
public sealed partial class LoraFileTests
{
    private const string Prefix = "base_model.model.";

    [Fact]
    public void A_saved_module_that_the_model_lacks_is_let_be_unless_nothing_is_left()
    {
        Edit(json => json["modules_to_save"] = new JsonArray("score"));
        using (LoraPolicy lora = LoraPolicy.Load(_policy, Folder))
        {
            Assert.Equal(2 * 2 * 2, lora.AdapterParameters.Count);
        }

        Edit(json => json["target_modules"] = new JsonArray());
        Assert.Contains("'score'", Mistakes().Single());
    }

    // PEFT 0.21 (tuners_utils.py): with bias "all" it saves every key that ends with ".bias", also below the wrapper of a saved module;
    // the adapter's name is only taken off where it is the last part but one.
    [Fact]
    public void Biases_of_saved_modules_that_PEFT_writes_three_times_are_read_once()
    {
        using LoraPolicy lora = LoraPolicy.Create(
            _policy, new LoraOptions { Bias = LoraBias.All, ModulesToSave = ["merger", "k_proj"] }, seed: 1);
        LoraCase.Stir(lora);
        lora.Save(Folder);
        Rewrite(tensors =>
        {
            Tensor other = zeros(32);
            const string Merger = Prefix + "model.visual.merger", Key = Prefix + "model.language_model.layers.0.self_attn.k_proj";
            return new(tensors)
            {
                [Merger + ".original_module.mlp.0.bias"] = other,
                [Merger + ".modules_to_save.default.mlp.0.bias"] = other,
                [Merger + ".modules_to_save.mlp.2.bias"] = other,
                [Key + ".original_module.bias"] = other,
                [Key + ".modules_to_save.bias"] = other,
            };
        });
        using (LoraPolicy read = LoraPolicy.Load(_policy, Folder))
        {
            Assert.Equal(LoraCase.Score(lora), LoraCase.Score(read));
        }

        Rewrite(tensors => new(tensors) { [Prefix + "model.visual.merger.original_module.mlp.7.bias"] = zeros(32) });
        Assert.Contains("mlp.7.bias belongs to none of the layers", Mistakes().Single());
    }

    // PEFT computes with the table in the file, so one that differs makes another model.
    [Fact]
    public void A_table_in_the_file_that_is_not_the_bases_is_named()
    {
        const string Name = Prefix + "model.language_model.embed_tokens.base_layer.weight";
        Parameter table = _policy.Parameters.First(pair => pair.Key == "model.embed_tokens.weight").Value;
        using (LoraPolicy lora = LoraCase.Create(_policy, "kernel and table"))
        {
            lora.Save(Folder);
        }

        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64 })
        {
            Rewrite(tensors => new(tensors) { [Name] = table.detach().to(type) });
            LoraPolicy.Load(_policy, Folder).Dispose();
        }

        Rewrite(tensors =>
        {
            Tensor other = table.detach().clone();
            other[319, 31] = other[319, 31] * 1.001f;
            return new(tensors) { [Name] = other };
        });
        Assert.Contains($"{Name} holds other numbers than model.language_model.embed_tokens", Mistakes().Single());
    }

    // 2¹⁷ + 1 rows of 32 numbers, of which 2²² are compared at once.
    [Fact]
    public void A_large_table_in_the_file_is_compared_to_its_end()
    {
        const string Name = Prefix + "model.language_model.embed_tokens.base_layer.weight";
        Qwen2VLConfiguration configuration = TinyModel.Configuration();
        configuration = configuration with { Text = configuration.Text with { VocabularySize = (1 << 17) + 1 } };
        using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(configuration, TinyModel.Processor(), 1);
        Parameter table = policy.Parameters.First(pair => pair.Key == "model.embed_tokens.weight").Value;
        using (LoraPolicy lora = LoraPolicy.Create(policy, new LoraOptions { TargetModules = ModuleSelection.Of("embed_tokens") }, 1))
        {
            lora.Save(Folder);
        }

        Rewrite(tensors => new(tensors) { [Name] = table.detach() });
        LoraPolicy.Load(policy, Folder).Dispose();
        Rewrite(tensors =>
        {
            Tensor other = table.detach().clone();
            other[1 << 17, 31] = other[1 << 17, 31] + 1;
            return new(tensors) { [Name] = other };
        });
        Assert.Contains("holds other numbers", Assert.Throws<LoraException>(() => LoraPolicy.Load(policy, Folder)).Message);
    }

    [Fact]
    public void Whole_numbers_are_no_tensors_of_an_adapter()
    {
        Rewrite(tensors => new(tensors) { [First + "lora_A.weight"] = zeros([3, 32], ScalarType.Int8) });
        Assert.Contains("lora_A.weight is I8", Mistakes().Single());
    }

    public static TheoryData<string> OlderOptions => [.. Older.Keys];

    // Each names layers as transformers did before 4.52, in another place of the options.
    private static Dictionary<string, (LoraOptions Options, string[] Targets)> Older { get; } = new()
    {
        ["list"] = (
            new LoraOptions { TargetModules = ModuleSelection.Of("model.layers.1.self_attn.q_proj", "visual.blocks.0.attn.qkv", "fc1") },
            [
                "model.visual.blocks.0.attn.qkv", "model.visual.blocks.0.mlp.fc1", "model.visual.blocks.1.mlp.fc1",
                "model.language_model.layers.1.self_attn.q_proj",
            ]),
        ["pattern and exclusion"] = (
            new LoraOptions
            {
                TargetModules = ModuleSelection.Matching(@"(model\.layers|visual\.blocks)\.\d\..*(o_proj|fc2)"),
                ExcludedModules = ModuleSelection.Matching(@"visual\.blocks\.0\..*"),
            },
            [
                "model.visual.blocks.1.mlp.fc2", "model.language_model.layers.0.self_attn.o_proj",
                "model.language_model.layers.1.self_attn.o_proj",
            ]),
        ["rank and alpha"] = (
            new LoraOptions
            {
                TargetModules = ModuleSelection.Of("k_proj"),
                RankPattern = [KeyValuePair.Create("^model.layers.0.self_attn.k_proj", 3)],
                AlphaPattern = [KeyValuePair.Create(@"model\.layers\.1\..*", 0.75)],
            },
            ["model.language_model.layers.0.self_attn.k_proj", "model.language_model.layers.1.self_attn.k_proj"]),
    };

    [Theory]
    [MemberData(nameof(OlderOptions))]
    public void Options_with_the_names_of_an_older_release_are_read_and_written_with_the_current_ones(string kind)
    {
        (LoraOptions options, string[] targets) = Older[kind];
        bool isPatterned = kind == "rank and alpha";
        using LoraPolicy expected = LoraPolicy.Create(
            _policy,
            new LoraOptions
            {
                TargetModules = ModuleSelection.Of(targets),
                RankPattern = isPatterned ? [KeyValuePair.Create("layers.0.self_attn.k_proj", 3)] : [],
                AlphaPattern = isPatterned ? [KeyValuePair.Create("layers.1.self_attn.k_proj", 0.75)] : [],
            },
            seed: 1);
        LoraCase.Stir(expected);
        expected.Save(Folder);
        Edit(json => WriteOptions(json, options));
        Rewrite(tensors => tensors.ToDictionary(
            pair => pair.Key.Replace("model.language_model.", "model.", StringComparison.Ordinal)
                .Replace("model.model.visual.", "model.visual.", StringComparison.Ordinal),
            pair => pair.Value));

        using LoraPolicy read = LoraPolicy.Load(_policy, Folder);
        Assert.Equal(LoraCase.Score(expected), LoraCase.Score(read));
        Assert.Equal(targets, read.Options.TargetModules.Names!);

        // By the current names alone, as PEFT reads it.
        read.Save(Folder);
        using LoraPolicy again = LoraPolicy.Load(_policy, Folder);
        Assert.Equal(read.Options.AlphaPattern, again.Options.AlphaPattern);
        Assert.Equal(LoraCase.Score(expected), LoraCase.Score(again));
    }

    // Neither the lists nor a pattern without the numbers would be accepted by PEFT's LoraConfig.
    [Fact]
    public void What_has_no_effect_and_PEFT_refuses_is_not_written()
    {
        using LoraPolicy lora = LoraPolicy.Create(
            _policy,
            new LoraOptions { TargetModules = ModuleSelection.Matching(".*q_proj"), LayersPatterns = ["layers"], LayersToTransform = [] },
            seed: 1);
        lora.Save(Folder);
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "adapter_config.json")))!;
        Assert.Null(json["layers_pattern"]);
        Assert.Null(json["layers_to_transform"]);
        using LoraPolicy alone = LoraPolicy.Create(_policy, LoraCase.Kinds["saved modules alone"], seed: 1);
        alone.Save(Folder);
        json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "adapter_config.json")))!;
        Assert.Empty(json["target_modules"]!.AsArray());
    }

    private static void WriteOptions(JsonObject json, LoraOptions options)
    {
        json["target_modules"] = options.TargetModules.Pattern ?? (JsonNode)new JsonArray([.. options.TargetModules.Names!]);
        json["exclude_modules"] = options.ExcludedModules?.Pattern;
        json["rank_pattern"] = new JsonObject(
            options.RankPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        json["alpha_pattern"] = new JsonObject(
            options.AlphaPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }

    private IReadOnlyList<string> Mistakes() =>
        Assert.Throws<LoraException>(() => LoraPolicy.Load(_policy, Folder)).Errors;

    private void Edit(Action<JsonObject> edit)
    {
        string path = Path.Combine(Folder, "adapter_config.json");
        JsonObject json = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private void Rewrite(Func<Dictionary<string, Tensor>, Dictionary<string, Tensor>> edit)
    {
        string path = Path.Combine(Folder, Weights);
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(
            path, [.. edit(SafetensorsFile.Load(path)).Select(pair => SafetensorsItem.Of(pair.Key, pair.Value))]);
    }
}
