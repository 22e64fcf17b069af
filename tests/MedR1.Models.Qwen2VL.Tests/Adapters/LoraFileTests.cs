using System.Text.Json.Nodes;
using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>What can be wrong with an adapter's files.</summary>
public sealed partial class LoraFileTests : IDisposable
{
    private const string Weights = "adapter_model.safetensors";
    private const string First = "base_model.model.model.language_model.layers.0.self_attn.q_proj.";

    private readonly string _root = Directory.CreateTempSubdirectory("medr1-lora-").FullName;
    private readonly Qwen2VLPolicy _policy = TinyModel.Create();

    public LoraFileTests()
    {
        using LoraPolicy lora = LoraCase.Create(_policy, "two names");
        lora.Save(Folder);
    }

    private string Folder => Path.Combine(_root, "adapter");

    public void Dispose()
    {
        _policy.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    // PEFT 0.21 (auto.py): AutoPeftModel.from_pretrained needs both to find the class.
    [Fact]
    public void The_class_of_the_model_is_written_with_its_library()
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "adapter_config.json")))!;
        Assert.Equal("Qwen2VLForConditionalGeneration", (string?)json["auto_mapping"]!["base_model_class"]);
        Assert.Equal("transformers", (string?)json["auto_mapping"]!["parent_library"]);
    }

    [Fact]
    public void An_adapter_of_an_older_transformers_release_is_read()
    {
        using LoraPolicy lora = LoraPolicy.Load(_policy, Folder);
        float[] expected = LoraCase.Score(lora);
        Rewrite(tensors => tensors.ToDictionary(
            pair => pair.Key.Replace("model.language_model.", "model.", StringComparison.Ordinal), pair => pair.Value));
        using LoraPolicy old = LoraPolicy.Load(_policy, Folder);
        Assert.Equal(expected, LoraCase.Score(old));
        Assert.Equal(["q_proj", "v_proj"], old.Options.TargetModules.Names!);
    }

    [Fact]
    public void A_listed_name_that_fits_no_layer_is_ignored()
    {
        Edit(json => json["target_modules"]!.AsArray().Add("c_attn"));
        using LoraPolicy lora = LoraPolicy.Load(_policy, Folder);
        Assert.Equal(2 * 2 * 2, lora.AdapterParameters.Count);
    }

    [Fact]
    public void Biases_of_adapted_layers_missing_from_a_PEFT_file_are_those_of_the_base()
    {
        using (LoraPolicy own = LoraCase.Create(_policy, "own biases"))
        {
            own.Save(Folder);
        }

        Rewrite(tensors => tensors.Where(pair => !pair.Key.EndsWith("base_layer.bias", StringComparison.Ordinal)).ToDictionary());
        using LoraPolicy lora = LoraPolicy.Load(_policy, Folder);
        foreach ((string name, Parameter bias) in lora.AdapterParameters.Where(pair => pair.Key.EndsWith(".bias", StringComparison.Ordinal)))
        {
            string layer = name["base_model.model.".Length..^".base_layer.bias".Length];
            Assert.Equal(_policy.Adapters.Modules.Single(module => module.Name == layer).Layer.Bias!.Values(), bias.Values());
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        File.Delete(Path.Combine(Folder, Weights));
        Assert.Contains(Weights, Mistakes().Single());
        Assert.Throws<LoraException>(() => LoraPolicy.Load(_policy, Path.Combine(_root, "nothing")));
    }

    [Fact]
    public void A_broken_file_is_named()
    {
        File.WriteAllText(Path.Combine(Folder, Weights), "{}");
        Assert.Contains(Weights, Mistakes().Single());
        File.WriteAllText(Path.Combine(Folder, "adapter_config.json"), """{"r": "\ud800"}""");
        Assert.Contains("adapter_config.json is not a JSON object: The text at byte 6 is not valid Unicode", Mistakes().Single());
        File.WriteAllText(Path.Combine(Folder, "adapter_config.json"), "[1");
        Assert.Contains("adapter_config.json", Mistakes().Single());
    }

    [Fact]
    public void An_unknown_target_is_named_with_the_available_ones()
    {
        Edit(json => json["target_modules"] = new JsonArray("query_key_value"));
        Assert.Contains("query_key_value", Mistakes().Single());
    }

    [Fact]
    public void A_different_rank_is_named_for_every_tensor()
    {
        Edit(json => json["r"] = 5);
        IReadOnlyList<string> mistakes = Mistakes();
        Assert.Equal(2 * 2 * 2, mistakes.Count);
        Assert.All(mistakes, mistake => Assert.Contains("the file's rank is 3, the options' rank is 5", mistake));
    }

    [Fact]
    public void Missing_and_foreign_tensors_are_named_together()
    {
        Rewrite(tensors =>
        {
            Dictionary<string, Tensor> changed = new(tensors);
            changed.Remove(First + "lora_A.weight", out Tensor? moved);
            changed.Add(First.Replace("layers.0", "layers.9", StringComparison.Ordinal) + "lora_A.weight", moved!);
            changed[First + "lora_B.weight"] = zeros(7, 3);
            return changed;
        });
        IReadOnlyList<string> mistakes = Mistakes();
        Assert.Equal(3, mistakes.Count);
        Assert.Contains(mistakes, mistake => mistake.StartsWith(First + "lora_A.weight is missing"));
        Assert.Contains(mistakes, mistake => mistake.Contains("layers.9") && mistake.Contains("none of the layers"));
        Assert.Contains(mistakes, mistake => mistake.Contains("[7, 3] instead of [32, 3]") && mistake.Contains("other sizes"));
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused_by_name()
    {
        using Qwen2VLPolicy other = TinyModel.Create(Qwen2VLFamily.Qwen25VL);
        string message = Assert.Throws<LoraException>(() => LoraPolicy.Load(other, Folder)).Message;
        Assert.Contains("Qwen2VLForConditionalGeneration", message);
        Assert.Contains("Qwen2_5_VLForConditionalGeneration", message);
    }

    [Fact]
    public void Every_option_that_would_change_the_result_is_named()
    {
        Edit(json =>
        {
            json["peft_type"] = "IA3";
            json["use_qalora"] = true;
            json["layer_replication"] = new JsonArray(new JsonArray(0, 1));
            json["init_lora_weights"] = "pissa";
            json["bias"] = "some";
            json["lora_dropout"] = "much";
            json["megatron_config"] = null;
            json["loftq_config"] = new JsonObject();
        });
        IReadOnlyList<string> mistakes = Mistakes();
        Assert.Equal(6, mistakes.Count);
        Assert.All(
            ["IA3", "use_qalora", "layer_replication", "pissa", "some", "much"],
            word => Assert.Contains(mistakes, mistake => mistake.Contains(word)));
    }

    // Like PEFT, which multiplies by what the file says.
    [Fact]
    public void An_alpha_of_zero_or_below_is_read_from_a_file()
    {
        float[] off = LoraCase.Score(_policy);
        Edit(json => json["lora_alpha"] = 0);
        using (LoraPolicy none = LoraPolicy.Load(_policy, Folder))
        {
            Assert.Equal(off, LoraCase.Score(none));
        }

        Edit(json => json["lora_alpha"] = -6);
        using LoraPolicy reversed = LoraPolicy.Load(_policy, Folder);
        Assert.True(LoraCase.Distance(off, LoraCase.Score(reversed)) > 1e-3);
    }
}
