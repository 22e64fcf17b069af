using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The two files that can contain the image settings of a model: <c>processor_config.json</c>, written by transformers 5, and
/// <c>preprocessor_config.json</c>, written by earlier releases.
/// </summary>
internal static class ImageProcessorFiles
{
    private const string Field = "image_processor";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>
    /// Returns the file that takes precedence, as in transformers 5: <c>processor_config.json</c> if it has image settings,
    /// otherwise <c>preprocessor_config.json</c>.
    /// </summary>
    /// <exception cref="FileNotFoundException">The folder has neither file.</exception>
    /// <exception cref="ModelConfigurationException"><c>processor_config.json</c> is not valid JSON.</exception>
    public static string Of(string folder)
    {
        string later = Path.Combine(folder, ModelFiles.Processor);
        string earlier = Path.Combine(folder, ModelFiles.Preprocessor);
        if (File.Exists(earlier))
        {
            return File.Exists(later) && SpeaksOfImages(File.ReadAllBytes(later), later) ? later : earlier;
        }

        return File.Exists(later) ? later : throw new FileNotFoundException(
            GivenFolder.InsteadOfModel(folder)
                ?? $"'{folder}' has neither {ModelFiles.Preprocessor} nor {ModelFiles.Processor}, which specify "
                + "sizes and limits of images; take them from the published model.",
            earlier);
    }

    /// <summary>
    /// Adds <c>preprocessor_config.json</c> to the files to write, and updates a <c>processor_config.json</c> with image settings, from
    /// those files or already in the folder, so that both agree.
    /// </summary>
    /// <param name="files">The files to write, by name.</param>
    /// <param name="configuration">The settings in effect.</param>
    /// <param name="folder">The folder that the files will be written to.</param>
    public static void Add(Dictionary<string, byte[]> files, ImageProcessorConfiguration configuration, string folder)
    {
        byte[] json = configuration.ToJson();
        files[ModelFiles.Preprocessor] = json;
        string path = Path.Combine(folder, ModelFiles.Processor);
        if (!files.TryGetValue(ModelFiles.Processor, out byte[]? later))
        {
            later = File.Exists(path) ? File.ReadAllBytes(path) : null;
        }

        if (later is not null && SpeaksOfImages(later, path))
        {
            JsonNode file = JsonNode.Parse(later)!;
            file[Field] = JsonNode.Parse(json);
            files[ModelFiles.Processor] = Encoding.UTF8.GetBytes(file.ToJsonString(s_indented));
        }
    }

    private static bool SpeaksOfImages(byte[] content, string file)
    {
        using JsonDocument document = ConfigurationReader.Parse(content, file);
        return new ConfigurationSection(file, "", document.RootElement).Section(Field) is not null;
    }
}
