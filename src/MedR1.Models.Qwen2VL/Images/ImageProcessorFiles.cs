using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The two files of a model's folder that can say how images are prepared: <c>processor_config.json</c>, in which transformers 5
/// writes it, and <c>preprocessor_config.json</c> of the releases before.
/// </summary>
internal static class ImageProcessorFiles
{
    private const string Field = "image_processor";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The file that counts, as in transformers 5: the later one where it speaks of images, else the earlier one.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    /// <exception cref="ModelConfigurationException">The later one is no JSON.</exception>
    public static string Of(string folder)
    {
        string later = Path.Combine(folder, ModelFiles.Processor);
        string earlier = Path.Combine(folder, ModelFiles.Preprocessor);
        if (File.Exists(earlier))
        {
            return File.Exists(later) && SpeaksOfImages(later) ? later : earlier;
        }

        return File.Exists(later) ? later : throw new FileNotFoundException(
            GivenFolder.InsteadOfModel(folder)
                ?? $"'{folder}' has neither {ModelFiles.Preprocessor} nor {ModelFiles.Processor}, which tell "
                + "sizes and limits of pictures; take them from the published model.",
            earlier);
    }

    /// <summary>Writes the earlier file, and what a later one that is saved with it says, so that all who read them agree.</summary>
    /// <param name="configuration">What is in force.</param>
    /// <param name="folder">A folder.</param>
    public static void Write(ImageProcessorConfiguration configuration, string folder)
    {
        byte[] json = configuration.ToJson();
        File.WriteAllBytes(Path.Combine(folder, ModelFiles.Preprocessor), json);
        string later = Path.Combine(folder, ModelFiles.Processor);
        if (File.Exists(later) && SpeaksOfImages(later))
        {
            JsonNode file = JsonNode.Parse(File.ReadAllBytes(later))!;
            file[Field] = JsonNode.Parse(json);
            File.WriteAllText(later, file.ToJsonString(s_indented));
        }
    }

    private static bool SpeaksOfImages(string file)
    {
        using JsonDocument document = ConfigurationReader.Parse(File.ReadAllBytes(file), file);
        return new ConfigurationSection(file, "", document.RootElement).Section(Field) is not null;
    }
}
