using System.Text.Json.Nodes;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("medr1-checkpoint-").FullName;

    private string Folder => Path.Combine(_root, "model");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, ScalarType.Float32)]
    [InlineData(Qwen2VLFamily.Qwen2VL, false, ScalarType.BFloat16)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false, ScalarType.Float32)]
    public void A_saved_model_loads_bit_for_bit(Qwen2VLFamily family, bool tied, ScalarType dataType)
    {
        using Qwen2VLPolicy saved = TinyModel.Create(family, 3, tied, dataType);
        saved.Save(Folder);
        List<LoadProgress> progress = [];
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder, progress: new Collector(progress));
        Assert.Equal(dataType, loaded.DataType);
        Assert.Equal(saved.EndTokenIds, loaded.EndTokenIds);
        Assert.Equal(saved.SuppressedTokenIds, loaded.SuppressedTokenIds);
        Assert.Equal(saved.Processor.Images.Configuration.ToJson(), loaded.Processor.Images.Configuration.ToJson());
        AssertSameWeights(saved, loaded);
        Assert.Equal(saved.Configuration.ToJson(),
            (loaded.Configuration with { DataType = ScalarType.Float32 }).ToJson());
        Assert.Equal(saved.Parameters.Count, progress[^1].Tensors);
        Assert.Equal(progress[^1].TotalBytes, progress[^1].Bytes);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_mapped_model_is_the_read_one_and_changes_in_memory_alone(ScalarType dataType)
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

        // Saving puts a new file in the place of the mapped one, which stays as it is for the model.
        mapped.Save(Folder);
        using Qwen2VLPolicy again = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(mapped, again);
    }

    [Fact]
    public void What_is_wanted_in_another_type_is_read_instead_of_mapped()
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
    public void Saving_over_a_model_replaces_it_and_keeps_the_files_of_its_processor()
    {
        using (Qwen2VLPolicy first = TinyModel.Create(seed: 1))
        {
            first.Save(Folder);
        }

        byte[] tokenizer = File.ReadAllBytes(Path.Combine(Folder, "tokenizer.json"));
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        using (IDisposable noGradient = no_grad())
        {
            loaded.Parameters[0].Value.add_(1);
        }

        loaded.Save(Folder);
        using Qwen2VLPolicy again = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(loaded, again);
        Assert.Equal(tokenizer, File.ReadAllBytes(Path.Combine(Folder, "tokenizer.json")));
        Assert.Equal([Folder], Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void A_cancelled_save_leaves_what_was_there_and_nothing_else()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => policy.Save(Folder, cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => policy.Save(Path.Combine(_root, "other"), cancelled.Token));
        Assert.Equal([Folder], Directory.GetFileSystemEntries(_root));
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(policy, loaded);
    }

    // The weights fit, tokenizer.json doesn't: the system's error comes from a plain write.
    [Theory]
    [InlineData(28)]
    [InlineData(unchecked((int)0x80070070))]
    public void A_disk_that_fills_up_behind_the_weights_leaves_what_was_there_and_is_named(int error)
    {
        string folder = Path.Combine(_root, "model");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), "before");

        DiskFullException exception = Assert.Throws<DiskFullException>(() => CheckpointFolder.Replace(folder, target =>
        {
            File.WriteAllBytes(Path.Combine(target, "model.safetensors"), new byte[300]);
            throw new IOException("No space left on device", error);
        }));

        Assert.Equal(folder, exception.Path);
        Assert.Equal(300, exception.RequiredBytes);
        Assert.IsType<IOException>(exception.InnerException);
        Assert.Contains("nothing half-written is left", exception.Message, StringComparison.Ordinal);
        Assert.Equal([folder], Directory.GetFileSystemEntries(_root));
        Assert.Equal("before", File.ReadAllText(Path.Combine(folder, "config.json")));
    }

    [Fact]
    public void Other_errors_of_writing_a_folder_stay_what_they_are() =>
        Assert.Throws<UnauthorizedAccessException>(() => CheckpointFolder.Replace(
            Path.Combine(_root, "model"), _ => throw new UnauthorizedAccessException()));

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
    public void Loads_the_names_of_later_transformers_releases_too()
    {
        using Qwen2VLPolicy policy = TinyModel.Create(tied: false);
        policy.Save(Folder);
        Rewrite(items => [.. items.Select(item => (CheckpointNames.ToInMemory(item.Name), item.Value))]);
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(policy, loaded);
    }

    [Fact]
    public void The_embedding_wins_over_a_head_in_a_tied_checkpoint()
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

    // modeling_utils.py of transformers 5 doesn't count such names as unexpected.
    [Theory]
    [InlineData("model.rotary_emb.inv_freq")]
    [InlineData("model.layers.0.self_attn.rotary_emb.inv_freq")]
    [InlineData("model.visual.rotary_pos_emb.inv_freq")]
    public void Saved_rotary_frequencies_are_left_alone(string name)
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
    public void Whole_numbers_are_no_weights(ScalarType type, string name)
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
    public void A_tokenizer_with_other_control_tokens_is_refused()
    {
        Qwen2VLConfiguration shifted = TinyModel.Configuration() with { ImageTokenId = 3 };
        TokenizerMismatchException error = Assert.Throws<TokenizerMismatchException>(
            () => Qwen2VLPolicy.CreateRandom(shifted, TinyModel.Processor(), 1));
        Assert.Contains("image_token_id is 3", error.Message, StringComparison.Ordinal);
        Qwen2VLConfiguration small = TinyModel.Configuration();
        small = small with { Text = small.Text with { VocabularySize = 299 } };
        Assert.ThrowsAny<Exception>(() => Qwen2VLPolicy.CreateRandom(small, TinyModel.Processor(), 1));
    }

    [Fact]
    public void Folders_without_files_say_what_is_missing()
    {
        Assert.Throws<DirectoryNotFoundException>(() =>
            Qwen2VLPolicy.Load(Path.Combine(_root, "nowhere"), TinyModel.Processor()));
        Directory.CreateDirectory(Folder);
        Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(Folder));
        File.WriteAllBytes(Path.Combine(Folder, "config.json"), TinyModel.Configuration().ToJson());
        Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(Folder, TinyModel.Processor()));
    }

    [Fact]
    public void The_processor_file_of_later_transformers_releases_serves_too()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        string before = Path.Combine(Folder, "preprocessor_config.json");
        string json = File.ReadAllText(before);
        File.Delete(before);
        File.WriteAllText(
            Path.Combine(Folder, "processor_config.json"),
            $$"""{"image_processor": {{json}}, "processor_class": "Qwen2VLProcessor"}""");

        Assert.Equal(
            policy.Processor.Images.Configuration.ToJson(), Qwen2VLProcessor.Load(Folder).Images.Configuration.ToJson());
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);

        // That of earlier releases, which says nothing of pictures.
        File.WriteAllText(Path.Combine(Folder, "processor_config.json"), """{"processor_class": "Qwen2VLProcessor"}""");
        Assert.Contains(
            "preprocessor_config.json", Assert.Throws<ModelConfigurationException>(() => Qwen2VLProcessor.Load(Folder)).Fix,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Where_both_files_speak_of_pictures_that_of_later_releases_counts()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        JsonNode later = JsonNode.Parse(policy.Processor.Images.Configuration.ToJson())!;
        later["max_pixels"] = 7_840;
        File.WriteAllText(
            Path.Combine(Folder, "processor_config.json"), new JsonObject { ["image_processor"] = later }.ToJsonString());
        Assert.Equal(7_840, Qwen2VLProcessor.Load(Folder).Images.Configuration.MaxPixels);
        Assert.Equal(7_840, ImageProcessorConfiguration.Load(Folder).MaxPixels);
    }

    [Fact]
    public void Limits_of_ones_own_are_saved_in_both_files()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        JsonNode images = JsonNode.Parse(policy.Processor.Images.Configuration.ToJson())!;
        File.Delete(Path.Combine(Folder, "preprocessor_config.json"));
        File.WriteAllText(
            Path.Combine(Folder, "processor_config.json"),
            new JsonObject { ["image_processor"] = images, ["processor_class"] = "Qwen2VLProcessor" }.ToJsonString());

        string saved = Path.Combine(_root, "saved");
        Qwen2VLProcessor.Load(Folder, new ImageProcessorOptions { MaxPixels = 7_840 }).Save(saved);
        JsonNode later = JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "processor_config.json")))!;
        JsonNode earlier = JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "preprocessor_config.json")))!;
        Assert.Equal((7_840, 7_840), ((int)later["image_processor"]!["max_pixels"]!, (int)earlier["max_pixels"]!));
        Assert.Equal("Qwen2VLProcessor", (string?)later["processor_class"]);
        Assert.Equal(7_840, Qwen2VLProcessor.Load(saved).Images.Configuration.MaxPixels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_generation_file_the_configuration_names_the_end_tokens(bool isNested)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        File.Delete(Path.Combine(Folder, "generation_config.json"));
        string path = Path.Combine(Folder, "config.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        json.AsObject().Remove("eos_token_id");
        json.AsObject().TryAdd("text_config", new JsonObject());
        (isNested ? json["text_config"]! : json)["eos_token_id"] = new JsonArray(7, 9);
        File.WriteAllText(path, json.ToJsonString());

        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.Equal([7, 9], loaded.EndTokenIds);
    }

    // In the reference they match no token that is generated, and MinNewTokensLengthLogitsProcessor excludes nothing for them.
    [Fact]
    public void End_tokens_beyond_the_vocabulary_are_none()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        File.WriteAllText(Path.Combine(Folder, "generation_config.json"), """{"eos_token_id": [7, 320, 151645, -1]}""");
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.Equal([7], loaded.EndTokenIds);
    }

    [Theory]
    [InlineData(151_654, false)]
    [InlineData(-1, false)]
    [InlineData(5, true)]
    public void A_vision_token_that_no_tokenizer_names_is_suppressed_if_the_model_has_it(int token, bool isSuppressed)
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(
            ["What is shown in this image?"], 280, [.. Qwen2VLTokens.All.Where(one => one != "<|vision_pad|>")]);
        Qwen2VLConfiguration configuration = TinyModel.Configuration() with
        {
            ImageTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.ImagePlaceholder],
            VideoTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.VideoPlaceholder],
            VisionStartTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.VisionStart],
            VisionEndTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.VisionEnd],
            VisionPadTokenId = token,
        };
        using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(
            configuration, new Qwen2VLProcessor(tokenizer, TinyModel.Processor().Images), 1);
        Assert.Equal(isSuppressed, policy.SuppressedTokenIds.Contains(token));
        Assert.Equal(isSuppressed ? 5 : 4, policy.SuppressedTokenIds.Count);
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

    [Fact]
    public void A_single_file_wins_over_shards_that_are_left_beside_it()
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
    public void A_seed_gives_the_same_weights_and_the_start_is_that_of_the_reference()
    {
        using Qwen2VLPolicy first = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 5);
        using Qwen2VLPolicy second = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 5);
        using Qwen2VLPolicy other = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), TinyModel.Processor(), 6);
        AssertSameWeights(first, second);
        Assert.NotEqual(Weights(first, "model.embed_tokens.weight"), Weights(other, "model.embed_tokens.weight"));
        Assert.All(Weights(first, "visual.blocks.0.norm1.weight"), value => Assert.Equal(1, value));
        Assert.All(Weights(first, "visual.blocks.0.attn.qkv.bias"), value => Assert.Equal(0, value));

        // 320 x 32 draws of standard deviation 0.25: its estimate is off by 0.25 / sqrt(2 · 10240) = 0.0017.
        float[] embedding = Weights(first, "model.embed_tokens.weight");
        Assert.Equal(0.25, Math.Sqrt(embedding.Average(value => (double)value * value)), 0.008);
    }

    private static float[] Weights(Qwen2VLPolicy policy, string name) =>
        policy.Parameters.Single(entry => entry.Key == name).Value.Values();

    private static void AssertSameWeights(Qwen2VLPolicy expected, Qwen2VLPolicy got)
    {
        Assert.Equal(expected.Parameters.Select(entry => entry.Key), got.Parameters.Select(entry => entry.Key));
        foreach ((var left, var right) in expected.Parameters.Zip(got.Parameters))
        {
            Assert.Equal(left.Value.Values(), right.Value.Values());
        }
    }

    private void Rewrite(Func<(string Name, Tensor Value)[], (string Name, Tensor Value)[]> change)
    {
        using DisposeScope scope = NewDisposeScope();
        (string, Tensor)[] items;
        using (CheckpointReader reader = CheckpointReader.Open(Folder))
        {
            items = [.. reader.Entries.Keys.Select(name => (name, reader.LoadTensor(name)))];
        }

        CheckpointWriter.Write(Folder, [.. change(items).Select(item => SafetensorsItem.Of(item.Name, item.Value))]);
    }

    private sealed class Collector(List<LoadProgress> reports) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => reports.Add(value);
    }
}
