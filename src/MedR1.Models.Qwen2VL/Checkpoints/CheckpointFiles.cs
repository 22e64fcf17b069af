namespace MedR1.Models.Qwen2VL;

/// <summary>The files of a checkpoint folder beside the weights.</summary>
internal static class CheckpointFiles
{
    public const string Configuration = "config.json";
    public const string Preprocessor = "preprocessor_config.json";
    public const string Processor = "processor_config.json";
    public const string Generation = "generation_config.json";

    // What a saved model needs to be loaded again, by this library or by transformers.
    private static readonly string[] Companions =
    [
        Preprocessor, Generation, "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt",
            "added_tokens.json",
        "special_tokens_map.json", "chat_template.json", "chat_template.jinja", Processor,
    ];

    /// <summary>Reads those that are there, so that a model can be saved when its folder is gone.</summary>
    public static IReadOnlyDictionary<string, byte[]> ReadCompanions(string folder) => Companions
        .Where(name => File.Exists(Path.Combine(folder, name)))
        .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));
}
