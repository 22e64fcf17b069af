using System.Text.Json.Nodes;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <content>Single options of <c>adapter_config.json</c>.</content>
public sealed partial class LoraFileTests
{
    [Theory]
    [InlineData("r", "1.5", "an integer")]
    [InlineData("r", "\"3\"", "an integer")]
    [InlineData("lora_alpha", "true", "a number")]
    [InlineData("use_dora", "\"yes\"", "true or false")]
    [InlineData("bias", "3", "a string")]
    [InlineData("target_modules", "{}", "a list of strings")]
    [InlineData("target_modules", "[\"q_proj\",3]", "a list of strings")]
    [InlineData("layers_to_transform", "1.5", "an integer or a list of integers")]
    [InlineData("layers_to_transform", "[1,\"2\"]", "an integer or a list of integers")]
    [InlineData("layers_to_transform", "[1,2.5]", "an integer or a list of integers")]
    [InlineData("rank_pattern", "[1]", "an object of numbers")]
    [InlineData("rank_pattern", "{\"q_proj\":1.5}", "an object of numbers")]
    [InlineData("rank_pattern", "{\"q_proj\":\"1\"}", "an object of numbers")]
    [InlineData("alpha_pattern", "{\"q_proj\":1.5,\"v_proj\":\"1\"}", "an object of numbers")]
    public void An_option_of_another_type_is_named(string field, string written, string expected)
    {
        Edit(json => json[field] = JsonNode.Parse(written));
        Assert.Contains($"{field} is {written}, expected {expected}.", Mistakes());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Names_that_were_changed_only_in_the_options_or_only_in_the_tensors_are_read(bool isOfTensors)
    {
        const string Target = "model.language_model.layers.1.self_attn.q_proj", Older = "model.layers.1.self_attn.q_proj";
        using LoraPolicy lora = LoraPolicy.Create(_policy, new LoraOptions { TargetModules = ModuleSelection.Of(Target) }, seed: 1);
        LoraCase.Stir(lora);
        lora.Save(Folder);
        if (isOfTensors)
        {
            Rewrite(tensors => tensors.ToDictionary(
                pair => pair.Key.Replace(Target, Older, StringComparison.Ordinal), pair => pair.Value));
        }
        else
        {
            Edit(json => json["target_modules"] = new JsonArray(Older));
        }

        using LoraPolicy read = LoraPolicy.Load(_policy, Folder);
        Assert.Equal(LoraCase.Score(lora), LoraCase.Score(read));
        Assert.Equal([Target], read.Options.TargetModules.Names!);
    }

    // PEFT saves a copy of the head with an adapter of it, but none of other linear layers.
    [Fact]
    public void A_copy_of_the_head_in_the_file_is_taken_and_one_of_another_layer_is_not()
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: false);
        using (LoraPolicy lora = LoraPolicy.Create(policy, new LoraOptions { TargetModules = ModuleSelection.Of("lm_head") }, seed: 1))
        {
            lora.Save(Folder);
        }

        Rewrite(tensors => new(tensors) { [Prefix + "lm_head.base_layer.weight"] = WeightOf("lm_head") });
        LoraPolicy.Load(policy, Folder).Dispose();
        Rewrite(tensors => new(tensors) { [First + "base_layer.weight"] = WeightOf("model.layers.0.self_attn.q_proj") });
        Assert.Contains(
            "q_proj.base_layer.weight belongs to none of the layers",
            Assert.Throws<LoraException>(() => LoraPolicy.Load(policy, Folder)).Message, StringComparison.Ordinal);

        Tensor WeightOf(string layer) => policy.Parameters.First(pair => pair.Key == layer + ".weight").Value.detach();
    }

    [Fact]
    public void An_empty_target_names_no_layer()
    {
        Edit(json => json["target_modules"] = "");
        Assert.Contains("matches no layer of the model", Mistakes()[0]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Qwen/Qwen2-VL-2B-Instruct")]
    public void The_base_is_named_by_the_options_or_else_by_its_folder(string? named)
    {
        string folder = Path.Combine(_root, "base");
        _policy.Save(folder);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(folder);
        using LoraPolicy lora = LoraPolicy.Create(loaded, new LoraOptions { BaseModel = named }, seed: 1);
        lora.Save(Folder);
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "adapter_config.json")))!;
        Assert.Equal(named ?? folder, (string?)json["base_model_name_or_path"]);
    }
}
