namespace MedR1;

/// <summary>The names of the files in the folder of a model or an adapter, as transformers and PEFT write them.</summary>
internal static class ModelFiles
{
    public const string Configuration = "config.json";
    public const string AdapterConfiguration = "adapter_config.json";
    public const string AdapterWeights = "adapter_model.safetensors";
    public const string Generation = "generation_config.json";
    public const string Preprocessor = "preprocessor_config.json";
    public const string Processor = "processor_config.json";

    /// <summary>
    /// The optional files that belong to a model, besides its configuration and weights: saving a model copies them, and none may
    /// be left over from a model that it replaces.
    /// </summary>
    public static IReadOnlyList<string> Companions { get; } =
    [
        Preprocessor, Processor, Generation, "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt",
        "added_tokens.json", "special_tokens_map.json", "chat_template.json", "chat_template.jinja",
    ];
}
