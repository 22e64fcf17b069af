using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>What a <c>config.json</c> says of a Qwen2-VL or Qwen2.5-VL model.</summary>
public sealed record Qwen2VLConfiguration
{
    /// <summary>The generation.</summary>
    public required Qwen2VLFamily Family { get; init; }

    /// <summary>The decoder.</summary>
    public required Qwen2VLTextConfiguration Text { get; init; }

    /// <summary>The vision tower.</summary>
    public required Qwen2VLVisionConfiguration Vision { get; init; }

    /// <summary>Whether the head is the embedding, the same parameter.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The token that stands for a picture's features.</summary>
    /// <value>The default is 151655.</value>
    public int ImageTokenId { get; init; } = 151_655;

    /// <summary>The token that stands for a clip's features.</summary>
    /// <value>The default is 151656.</value>
    public int VideoTokenId { get; init; } = 151_656;

    /// <summary>The mark before a picture or clip.</summary>
    /// <value>The default is 151652.</value>
    public int VisionStartTokenId { get; init; } = 151_652;

    /// <summary>The mark behind a picture or clip.</summary>
    /// <value>The default is 151653.</value>
    public int VisionEndTokenId { get; init; } = 151_653;

    /// <summary>A padding token for vision that no code uses, where the configuration names it.</summary>
    public int? VisionPadTokenId { get; init; }

    /// <summary>The type that the weights were saved in.</summary>
    /// <value>The default is float32.</value>
    public ScalarType DataType { get; init; } = ScalarType.Float32;

    /// <summary>The class in transformers.</summary>
    public string ArchitectureName => Family == Qwen2VLFamily.Qwen25VL
        ? "Qwen2_5_VLForConditionalGeneration"
        : "Qwen2VLForConditionalGeneration";

    /// <summary>Whether a token stands for features of a picture or clip.</summary>
    internal bool IsPlaceholder(int token) => token == ImageTokenId || token == VideoTokenId;

    /// <summary>Reads a file in the flat published layout or the nested one of later transformers releases.</summary>
    /// <param name="path">A <c>config.json</c>, or the folder that holds it.</param>
    /// <exception cref="ModelConfigurationException">A field is missing or makes no model.</exception>
    public static Qwen2VLConfiguration Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string file = Directory.Exists(path) ? Path.Combine(path, "config.json") : path;
        return ConfigurationReader.Read(File.ReadAllBytes(file), file);
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="json">The content.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <exception cref="ModelConfigurationException">A field is missing or makes no model.</exception>
    public static Qwen2VLConfiguration Parse(ReadOnlyMemory<byte> json, string source = "config.json") =>
        ConfigurationReader.Read(json, source);

    /// <summary>Writes the flat published layout, which every transformers release since 4.45 reads.</summary>
    public byte[] ToJson() => ConfigurationWriter.Write(this);

    /// <summary>Checks that a model can be built.</summary>
    /// <param name="source">Where the configuration came from, for messages.</param>
    /// <exception cref="ModelConfigurationException">A size is absurd, or two disagree.</exception>
    public void Validate(string source = "configuration") => ConfigurationRules.Check(this, source);
}
