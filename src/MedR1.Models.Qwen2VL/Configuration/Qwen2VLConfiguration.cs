using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>The content of the <c>config.json</c> of a Qwen2-VL or Qwen2.5-VL model.</summary>
public sealed record Qwen2VLConfiguration
{
    /// <summary>The generation of the architecture.</summary>
    public required Qwen2VLFamily Family { get; init; }

    /// <summary>The decoder.</summary>
    public required Qwen2VLTextConfiguration Text { get; init; }

    /// <summary>The vision tower.</summary>
    public required Qwen2VLVisionConfiguration Vision { get; init; }

    /// <summary>Whether the head shares the embedding's parameter.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The placeholder token of an image's features.</summary>
    /// <value>The default is 151655.</value>
    public int ImageTokenId { get; init; } = 151_655;

    /// <summary>The placeholder token of a video clip's features.</summary>
    /// <value>The default is 151656.</value>
    public int VideoTokenId { get; init; } = 151_656;

    /// <summary>The token before an image or clip.</summary>
    /// <value>The default is 151652.</value>
    public int VisionStartTokenId { get; init; } = 151_652;

    /// <summary>The token after an image or clip.</summary>
    /// <value>The default is 151653.</value>
    public int VisionEndTokenId { get; init; } = 151_653;

    /// <summary>The vision padding token, if the configuration names one; completions never contain it.</summary>
    public int? VisionPadTokenId { get; init; }

    /// <summary>The data type in which the weights were saved.</summary>
    /// <value>The default is float32.</value>
    public ScalarType DataType { get; init; } = ScalarType.Float32;

    /// <summary>The class name in transformers.</summary>
    public string ArchitectureName => Family == Qwen2VLFamily.Qwen25VL
        ? "Qwen2_5_VLForConditionalGeneration"
        : "Qwen2VLForConditionalGeneration";

    /// <summary>
    /// Whether a token is in the vocabulary; files name some tokens that are not, including end tokens, which the model can never
    /// generate.
    /// </summary>
    internal bool IsToken(int token) => token >= 0 && token < Text.VocabularySize;

    /// <summary>Reads a file in the flat published layout or the nested layout of later transformers releases.</summary>
    /// <param name="path">A <c>config.json</c>, or its folder.</param>
    /// <exception cref="ModelConfigurationException">A field is missing or invalid.</exception>
    public static Qwen2VLConfiguration Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string file = Directory.Exists(path) ? Path.Combine(path, ModelFiles.Configuration) : path;
        return ConfigurationReader.Read(File.ReadAllBytes(file), file);
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="json">The content.</param>
    /// <param name="source">The name of the file, for messages.</param>
    /// <exception cref="ModelConfigurationException">A field is missing or invalid.</exception>
    public static Qwen2VLConfiguration Parse(ReadOnlyMemory<byte> json, string source = ModelFiles.Configuration) =>
        ConfigurationReader.Read(json, source);

    /// <summary>Writes the flat published layout, which every transformers release since 4.45 reads.</summary>
    public byte[] ToJson() => ConfigurationWriter.Write(this);

    /// <summary>Checks that a model can be built.</summary>
    /// <param name="source">The source of the configuration, for messages.</param>
    /// <exception cref="ModelConfigurationException">A size is invalid, or two sizes are inconsistent.</exception>
    public void Validate(string source = "configuration") => ConfigurationRules.Check(this, source);
}
