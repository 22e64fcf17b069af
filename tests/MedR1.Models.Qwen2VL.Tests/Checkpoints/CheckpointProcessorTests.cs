using System.Text;
using System.Text.Json.Nodes;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CheckpointProcessorTests : SavedModelTest
{
    [Theory]
    [InlineData("image_token_id")]
    [InlineData("video_token_id")]
    [InlineData("vision_start_token_id")]
    [InlineData("vision_end_token_id")]
    public void A_tokenizer_with_different_control_tokens_is_refused(string field)
    {
        JsonNode json = JsonNode.Parse(TinyModel.Configuration().ToJson())!;
        json[field] = 3;
        Qwen2VLConfiguration shifted = Qwen2VLConfiguration.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
        TokenizerMismatchException error = Assert.Throws<TokenizerMismatchException>(
            () => Qwen2VLPolicy.CreateRandom(shifted, TinyModel.Processor(), 1));
        Assert.Contains($"{field} is 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_with_more_tokens_than_the_model_is_refused()
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(["What is shown?"], 280, [.. Qwen2VLTokens.All, "<|last|>"]);
        int last = tokenizer.SpecialTokens["<|last|>"];
        Qwen2VLConfiguration configuration = ConfigurationOf(tokenizer);
        using Qwen2VLPolicy policy = Create(last + 1);
        Assert.Throws<TokenizerMismatchException>(() => Create(last));

        Qwen2VLPolicy Create(int vocabularySize) => Qwen2VLPolicy.CreateRandom(
            configuration with { Text = configuration.Text with { VocabularySize = vocabularySize } },
            new Qwen2VLProcessor(tokenizer, TinyModel.Processor().Images), 1);
    }

    [Fact]
    public void A_random_model_of_impossible_sizes_is_refused()
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration();
        configuration = configuration with { Text = configuration.Text with { HeadCount = 3 } };
        Assert.Equal(
            "num_attention_heads",
            Assert.Throws<ModelConfigurationException>(() => Qwen2VLPolicy.CreateRandom(configuration, TinyModel.Processor(), 1)).Field);
    }

    [Fact]
    public void The_processor_file_of_later_transformers_releases_is_read_too()
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

        // The file of earlier releases, without settings for images.
        File.WriteAllText(Path.Combine(Folder, "processor_config.json"), """{"processor_class": "Qwen2VLProcessor"}""");
        Assert.Contains(
            "preprocessor_config.json", Assert.Throws<ModelConfigurationException>(() => Qwen2VLProcessor.Load(Folder)).Fix,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_file_of_later_releases_takes_precedence()
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

    // Replaced as a whole: a file that was truncated and written again would be half-written if the disk were full.
    [Fact]
    public void A_saved_processor_replaces_whole_files()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        string saved = Path.Combine(Root, "saved");
        Directory.CreateDirectory(saved);
        string[] names = ["preprocessor_config.json", "tokenizer.json"];
        Assert.All(names, name => File.WriteAllText(Path.Combine(saved, name), "earlier"));
        FileStream[] open = [.. names.Select(name => new FileStream(
            Path.Combine(saved, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))];

        Qwen2VLProcessor.Load(Folder, new ImageProcessorOptions { MaxPixels = 7_840 }).Save(saved);

        foreach (FileStream file in open)
        {
            using StreamReader reader = new(file);
            Assert.Equal("earlier", reader.ReadToEnd());
        }

        Assert.Equal(7_840, Qwen2VLProcessor.Load(saved).Images.Configuration.MaxPixels);
        Assert.Empty(Directory.GetFiles(saved, "*.tmp"));
    }

    [Fact]
    public void Custom_limits_are_saved_in_both_files()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        JsonNode images = JsonNode.Parse(policy.Processor.Images.Configuration.ToJson())!;
        File.Delete(Path.Combine(Folder, "preprocessor_config.json"));
        File.WriteAllText(
            Path.Combine(Folder, "processor_config.json"),
            new JsonObject { ["image_processor"] = images, ["processor_class"] = "Qwen2VLProcessor" }.ToJsonString());

        string saved = Path.Combine(Root, "saved");
        Qwen2VLProcessor.Load(Folder, new ImageProcessorOptions { MaxPixels = 7_840 }).Save(saved);
        JsonNode later = JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "processor_config.json")))!;
        JsonNode earlier = JsonNode.Parse(File.ReadAllText(Path.Combine(saved, "preprocessor_config.json")))!;
        Assert.Equal((7_840, 7_840), ((int)later["image_processor"]!["max_pixels"]!, (int)earlier["max_pixels"]!));
        Assert.Equal("Qwen2VLProcessor", (string?)later["processor_class"]);
        Assert.Equal(7_840, Qwen2VLProcessor.Load(saved).Images.Configuration.MaxPixels);
    }

    [Fact]
    public void The_file_for_images_stays_as_it_is_without_limits_of_the_options()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        string path = Path.Combine(Folder, "preprocessor_config.json"), saved = Path.Combine(Root, "saved");
        File.AppendAllText(path, "  ");
        Qwen2VLProcessor.Load(Folder).Save(saved);
        Assert.Equal(File.ReadAllText(path), File.ReadAllText(Path.Combine(saved, "preprocessor_config.json")));

        Qwen2VLProcessor.Load(Folder, new ImageProcessorOptions { MinPixels = 784 }).Save(saved);
        Assert.Equal(784, ImageProcessorConfiguration.Load(Path.Combine(saved, "preprocessor_config.json")).MinPixels);
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
        loaded.Save(Folder);
        using Qwen2VLPolicy again = Qwen2VLPolicy.Load(Folder);
        Assert.Equal([7, 9], again.EndTokenIds);
    }

    [Theory]
    [InlineData("[9, 7]", new[] { 9, 7 })]
    [InlineData("9", new[] { 9 })]
    public void A_generation_file_names_the_end_tokens_and_is_saved_unchanged(string written, int[] tokens)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        string file = Path.Combine(Folder, "generation_config.json"), json = $"{{\"eos_token_id\":   {written}, \"top_k\": 1}}";
        File.WriteAllText(file, json);

        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.Equal(tokens, loaded.EndTokenIds);
        loaded.Save(Folder);
        Assert.Equal(json, File.ReadAllText(file));
        using Qwen2VLPolicy random = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), loaded.Processor, 1);
        Assert.Equal(tokens, random.EndTokenIds);
    }

    // config.json is written with the first end token only.
    [Theory]
    [InlineData("""{"do_sample": true}""")]
    [InlineData("""{"do_sample": true, "eos_token_id": []}""")]
    public void End_tokens_beside_a_generation_file_without_any_are_saved(string generation)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        string file = Path.Combine(Folder, "generation_config.json"), configuration = Path.Combine(Folder, "config.json");
        File.WriteAllText(file, generation);
        JsonNode json = JsonNode.Parse(File.ReadAllText(configuration))!;
        json["eos_token_id"] = new JsonArray(7, 9);
        File.WriteAllText(configuration, json.ToJsonString());

        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        Assert.Equal([7, 9], loaded.EndTokenIds);
        loaded.Save(Folder);
        using Qwen2VLPolicy again = Qwen2VLPolicy.Load(Folder);
        Assert.Equal([7, 9], again.EndTokenIds);
        Assert.Equal("""{"do_sample":true,"eos_token_id":[7,9]}""", JsonNode.Parse(File.ReadAllText(file))!.ToJsonString());
        using Qwen2VLPolicy random = Qwen2VLPolicy.CreateRandom(TinyModel.Configuration(), loaded.Processor, 1);
        Assert.Equal(policy.EndTokenIds, random.EndTokenIds);
    }

    // In the reference they match no generated token, and MinNewTokensLengthLogitsProcessor excludes nothing for them.
    [Fact]
    public void End_tokens_beyond_the_vocabulary_are_ignored()
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
        using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(
            ConfigurationOf(tokenizer) with { VisionPadTokenId = token },
            new Qwen2VLProcessor(tokenizer, TinyModel.Processor().Images), 1);
        Assert.Equal(isSuppressed, policy.SuppressedTokenIds.Contains(token));
        Assert.Equal(isSuppressed ? 5 : 4, policy.SuppressedTokenIds.Count);
    }

    private static Qwen2VLConfiguration ConfigurationOf(BytePairTokenizer tokenizer) => TinyModel.Configuration() with
    {
        ImageTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.ImagePlaceholder],
        VideoTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.VideoPlaceholder],
        VisionStartTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.VisionStart],
        VisionEndTokenId = tokenizer.SpecialTokens[Qwen2VLTokens.VisionEnd],
    };
}
