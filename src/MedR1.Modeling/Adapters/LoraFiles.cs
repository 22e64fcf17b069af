using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Reads and writes PEFT's two adapter files.</summary>
internal static class LoraFiles
{
    public const string Configuration = ModelFiles.AdapterConfiguration;
    public const string Weights = ModelFiles.AdapterWeights;

    /// <exception cref="LoraException">The files don't match the model; lists every mistake.</exception>
    public static LoraAdapter Load(string folder, IAdaptablePolicy policy, long seed, bool isTrainable)
    {
        string source = $"'{folder}'";
        RequireFiles(folder, source);
        List<string> mistakes = [];
        using JsonDocument document = Parse(Path.Combine(folder, Configuration), source);
        LoraOptionsReader reader = new(document.RootElement, mistakes);
        LoraOptions options = reader.Read();
        if (reader.BaseClass is { } made && made != policy.ArchitectureName)
            mistakes.Add($"It was made for a {made}, but the model is a {policy.ArchitectureName}; load it onto a {made}.");
        using SafetensorsFile file = Open(Path.Combine(folder, Weights), source);
        LoraContent content = LoraContent.Of(options, file, policy, mistakes);
        IReadOnlyList<string> all = content.Mistakes.Count > 0
            ? content.Mistakes : [.. BaseCopies.Mistakes(file, content.Entries.Values, policy)];
        if (all.Count > 0)
            throw new LoraException(source, all);

        LoraAdapter adapter = LoraAdapter.Empty(content.Options, content.Layers, seed, isTrainable);
        try
        {
            using IDisposable noGradient = no_grad();
            foreach (LoraTensor tensor in adapter.Tensors)
            {
                if (content.EntryOf(tensor) is { } entry)
                {
                    using Tensor value = file.LoadTensor(entry.Name);
                    adapter[tensor].copy_(value);
                }
                else
                {
                    adapter[tensor].copy_(tensor.Layer.Module.Layer.Bias!);
                }
            }

            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    public static void Save(string folder, LoraAdapter adapter, string architecture, CancellationToken cancellationToken) =>
        CheckpointFolder.Replace(folder, target =>
        {
            SafetensorsWriter.Write(
                Path.Combine(target, Weights),
                [.. adapter.Parameters.Select(pair => SafetensorsItem.Of(pair.Key, pair.Value))],
                cancellationToken: cancellationToken);
            File.WriteAllBytes(
                Path.Combine(target, Configuration), LoraOptionsWriter.Write(adapter.Options, architecture));
        });

    private static void RequireFiles(string folder, string source)
    {
        if (!Directory.Exists(folder))
            throw new LoraException(source, [GivenFolder.WhyMissing(folder) switch
            {
                (true, string why) => $"It can't be accessed: {why}",
                (_, string why) => $"The folder does not exist. {why}",
                null => "The folder does not exist. Give the folder of a PEFT adapter.",
            }]);
        string[] missing = [.. new[] { Configuration, Weights }.Where(name => !File.Exists(Path.Combine(folder, name)))];
        if (missing.Contains(Configuration) && GivenFolder.InsteadOfAdapter(folder) is { } instead)
            throw new LoraException(source, [instead]);
        if (missing.Length > 0)
            throw new LoraException(source, [.. missing.Select(name => $"{name} is missing from the folder.")]);
    }

    private static JsonDocument Parse(string path, string source)
    {
        try
        {
            JsonDocument document = UnicodeJson.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document : throw new JsonException("the root is not an object");
        }
        catch (JsonException exception)
        {
            throw new LoraException(source, [$"{Configuration} is not a JSON object: {exception.Message}"], exception);
        }
    }

    private static SafetensorsFile Open(string path, string source)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (SafetensorsFormatException exception)
        {
            throw new LoraException(source, [$"{Weights} can't be read: {exception.Message}"], exception);
        }
    }
}
