using System.Text.Json.Nodes;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CheckpointLoadingTests : SavedModelTest
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_mapped_model_equals_a_read_one_and_changes_only_in_memory(ScalarType dataType)
    {
        using Qwen2VLPolicy saved = TinyModel.Create(dataType: dataType);
        saved.Save(Folder);
        string file = Path.Combine(Folder, "model.safetensors");
        byte[] before = File.ReadAllBytes(file);
        using Qwen2VLPolicy mapped = Qwen2VLPolicy.Load(Folder, weights: WeightStorage.MappedFiles);
        AssertSameWeights(saved, mapped);
        Assert.All(mapped.Parameters, parameter => Assert.True(parameter.Value.requires_grad));

        using (IDisposable noGradient = no_grad())
        {
            mapped.Parameters[0].Value.zero_();
        }

        Assert.Equal(0, mapped.Parameters[0].Value.abs().max().ToDouble());
        Assert.Equal(before, File.ReadAllBytes(file));

        // Saving replaces the mapped file by a new one; the model keeps the old one mapped.
        mapped.Save(Folder);
        using Qwen2VLPolicy again = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(mapped, again);
    }

    [Fact]
    public void Tensors_wanted_in_another_type_are_read_instead_of_mapped()
    {
        using Qwen2VLPolicy saved = TinyModel.Create(dataType: ScalarType.BFloat16);
        saved.Save(Folder);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(
            Folder, dataType: ScalarType.Float32, weights: WeightStorage.MappedFiles);
        Assert.All(loaded.Parameters, parameter => Assert.Equal(ScalarType.Float32, parameter.Value.dtype));
        using Qwen2VLPolicy read = Qwen2VLPolicy.Load(Folder, dataType: ScalarType.Float32);
        AssertSameWeights(read, loaded);
    }

    [Fact]
    public void A_cancelled_load_throws()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Qwen2VLPolicy.Load(Folder, cancellationToken: cancelled.Token));
    }

    [Fact]
    public void The_names_of_later_transformers_releases_are_loaded_too()
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: false);
        policy.Save(Folder);
        Rewrite(items => [.. items.Select(item => (CheckpointNames.ToInMemory(item.Name), item.Value))]);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(policy, loaded);
    }

    [Fact]
    public void The_embedding_takes_precedence_over_a_head_in_a_tied_checkpoint()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        Rewrite(items => [.. items, ("lm_head.weight", zeros(320, 32))]);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(policy, loaded);
    }

    [Fact]
    public void Missing_unexpected_and_misshapen_tensors_are_named_together()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        Rewrite(items =>
        [
            .. items.Where(item => item.Name != "model.norm.weight").Select(item =>
                item.Name == "visual.merger.ln_q.bias" ? (item.Name, zeros(17)) : item),
            ("model.stray.weight", zeros(1)),
        ]);
        CheckpointMismatchException error =
            Assert.Throws<CheckpointMismatchException>(() => Qwen2VLPolicy.Load(Folder));
        Assert.Equal(["model.norm.weight"], error.Missing);
        Assert.Equal(["model.stray.weight"], error.Unexpected);
        Assert.Equal(["visual.merger.ln_q.bias: [17] instead of [16]"], error.Shapes);
        Assert.Contains("model.norm.weight", error.Message, StringComparison.Ordinal);
    }

    // modeling_utils.py in transformers 5 doesn't count such names as unexpected.
    [Theory]
    [InlineData("model.rotary_emb.inv_freq")]
    [InlineData("model.layers.0.self_attn.rotary_emb.inv_freq")]
    [InlineData("model.visual.rotary_pos_emb.inv_freq")]
    public void Saved_rotary_frequencies_are_ignored(string name)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        Rewrite(items => [.. items, (name, zeros(4))]);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(policy, loaded);
    }

    [Theory]
    [InlineData(ScalarType.Byte, "UInt8")]
    [InlineData(ScalarType.Int32, "Int32")]
    public void Integers_are_refused_as_weights(ScalarType type, string name)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        Rewrite(items => [.. items.Select(item =>
            item.Name == "model.norm.weight" ? (item.Name, item.Value.to(type)) : item)]);
        CheckpointMismatchException error =
            Assert.Throws<CheckpointMismatchException>(() => Qwen2VLPolicy.Load(Folder));
        Assert.StartsWith($"model.norm.weight: {name} ", Assert.Single(error.Shapes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_weight_file_is_named()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        string file = Path.Combine(Folder, "model.safetensors");
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.SetLength(stream.Length - 8);
        }

        SafetensorsFormatException error = Assert.Throws<SafetensorsFormatException>(() => Qwen2VLPolicy.Load(Folder));
        Assert.Equal(file, error.File);
    }

    [Fact]
    public void Missing_files_of_a_folder_are_named()
    {
        Assert.Throws<DirectoryNotFoundException>(() =>
            Qwen2VLPolicy.Load(Path.Combine(Root, "nowhere"), TinyModel.Processor()));
        Directory.CreateDirectory(Folder);
        Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(Folder));
        File.WriteAllBytes(Path.Combine(Folder, "config.json"), TinyModel.Configuration().ToJson());
        Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(Folder, TinyModel.Processor()));
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL)]
    [InlineData(Qwen2VLFamily.Qwen25VL)]
    public void Models_of_one_folder_share_their_vision(Qwen2VLFamily family)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family);
        policy.Freeze(ModelPart.Vision, ModelPart.Merger);
        policy.Save(Folder);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.True(policy.SharesVisionWith(loaded));
    }

    [Theory]
    [InlineData("window_size", "32")]
    [InlineData("fullatt_block_indexes", "[0]")]
    public void Towers_that_differ_only_in_their_windows_compute_different_features(string field, string value)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(Qwen2VLFamily.Qwen25VL);
        policy.Freeze(ModelPart.Vision, ModelPart.Merger);
        policy.Save(Folder);
        string path = Path.Combine(Folder, "config.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        json["vision_config"]![field] = JsonNode.Parse(value);
        File.WriteAllText(path, json.ToJsonString());
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.False(policy.SharesVisionWith(loaded));
    }

    [Fact]
    public void A_single_file_takes_precedence_over_leftover_shards()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        File.WriteAllText(
            Path.Combine(Folder, "model.safetensors.index.json"),
            """{"weight_map": {"model.norm.weight": "model-00001-of-00001.safetensors"}}""");

        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.Equal(policy.Parameters[0].Value.Values(), loaded.Parameters[0].Value.Values());
    }

    [Fact]
    public void A_seed_is_reproducible_and_weights_are_initialized_like_the_reference()
    {
        using Qwen2VLPolicy first = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 5);
        using Qwen2VLPolicy second = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 5);
        using Qwen2VLPolicy other = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 6);
        AssertSameWeights(first, second);
        Assert.NotEqual(Weights(first, "model.embed_tokens.weight"), Weights(other, "model.embed_tokens.weight"));
        Assert.All(Weights(first, "visual.blocks.0.norm1.weight"), value => Assert.Equal(1, value));
        Assert.All(Weights(first, "visual.blocks.0.attn.qkv.bias"), value => Assert.Equal(0, value));

        // 320 x 32 draws with standard deviation 0.25, whose estimate has an error of 0.25 / sqrt(2 · 10240) = 0.0017.
        float[] embedding = Weights(first, "model.embed_tokens.weight");
        Assert.Equal(0.25, Math.Sqrt(embedding.Average(value => (double)value * value)), 0.008);

        // The tower has a range of its own: 32 x 16 draws with 0.5, an error of 0.5 / sqrt(2 · 512) = 0.016.
        Qwen2VLConfiguration wide = TinyModel.Configuration();
        wide = wide with { Vision = wide.Vision with { InitializerRange = 0.5 } };
        using Qwen2VLPolicy tower = Qwen2VLPolicy.CreateRandom(wide, TinyModel.Processor(), 5);
        float[] hidden = Weights(tower, "visual.blocks.0.mlp.fc1.weight");
        Assert.Equal(0.5, Math.Sqrt(hidden.Average(value => (double)value * value)), 0.08);
        Assert.Equal(embedding, Weights(tower, "model.embed_tokens.weight"));
    }
}
