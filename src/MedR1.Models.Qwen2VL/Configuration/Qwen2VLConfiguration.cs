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

    /// <summary>Whether the head shares the parameter of the embedding.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The token that stands for an image's features.</summary>
    /// <value>The default is 151655.</value>
    public int ImageTokenId { get; init; } = 151_655;

    /// <summary>The token that stands for a video clip's features.</summary>
    /// <value>The default is 151656.</value>
    public int VideoTokenId { get; init; } = 151_656;

    /// <summary>The mark before an image or clip.</summary>
    /// <value>The default is 151652.</value>
    public int VisionStartTokenId { get; init; } = 151_652;

    /// <summary>The mark after an image or clip.</summary>
    /// <value>The default is 151653.</value>
    public int VisionEndTokenId { get; init; } = 151_653;

    /// <summary>A padding token for vision that no code uses; set if the configuration names it.</summary>
    public int? VisionPadTokenId { get; init; }

    /// <summary>The data type that the weights were saved in.</summary>
    /// <value>The default is float32.</value>
    public ScalarType DataType { get; init; } = ScalarType.Float32;

    /// <summary>The class name in transformers.</summary>
    public string ArchitectureName => Family == Qwen2VLFamily.Qwen25VL
        ? "Qwen2_5_VLForConditionalGeneration"
        : "Qwen2VLForConditionalGeneration";

    /// <summary>Whether a token stands for features of a picture or clip.</summary>
    internal bool IsPlaceholder(int token) => token == ImageTokenId || token == VideoTokenId;

    /// <summary>
    /// Whether the model can say a token: files name some that it can't, end tokens among them, which the reference never meets.
    /// </summary>
    internal bool IsToken(int token) => token >= 0 && token < Text.VocabularySize;

    /// <summary>Reads a file in the flat published layout or the nested one of later transformers releases.</summary>
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
    /// <param name="source">Its name, for messages.</param>
    /// <exception cref="ModelConfigurationException">A field is missing or invalid.</exception>
    public static Qwen2VLConfiguration Parse(ReadOnlyMemory<byte> json, string source = ModelFiles.Configuration) =>
        ConfigurationReader.Read(json, source);

    /// <summary>Writes the flat published layout, which every transformers release since 4.45 reads.</summary>
    public byte[] ToJson() => ConfigurationWriter.Write(this);

    /// <summary>Checks that a model can be built.</summary>
    /// <param name="source">Where the configuration came from, for messages.</param>
    /// <exception cref="ModelConfigurationException">A size is invalid, or two sizes are inconsistent.</exception>
    public void Validate(string source = "configuration") => ConfigurationRules.Check(this, source);
}
