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
        IReadOnlyList<LoraLayer> layers = LoraPlan.Make(options, policy.Adapters, isFromFile: true, mistakes);
        IReadOnlyList<LoraTensor> tensors = LoraTensor.Of(layers, options.UpHasBias, options.UseDora);
        using SafetensorsFile file = Open(Path.Combine(folder, Weights), source);
        Dictionary<LoraTensor, SafetensorsEntry> found = layers.Count == 0 ? [] : Match(tensors, file, policy, mistakes);
        if (mistakes.Count > 0)
            throw new LoraException(source, mistakes);

        LoraAdapter adapter = LoraAdapter.Empty(options, layers, seed, isTrainable);
        try
        {
            using IDisposable noGradient = no_grad();
            foreach (LoraTensor tensor in adapter.Tensors)
            {
                if (found.TryGetValue(Same(tensor), out SafetensorsEntry? entry))
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

        LoraTensor Same(LoraTensor tensor) =>
            tensors.First(one => one.Role == tensor.Role && ReferenceEquals(one.Layer, tensor.Layer));
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
            JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
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

    private static Dictionary<LoraTensor, SafetensorsEntry> Match(
        IReadOnlyList<LoraTensor> tensors, SafetensorsFile file, IAdaptablePolicy policy, List<string> mistakes)
    {
        Dictionary<LoraTensor, SafetensorsEntry> found = [];
        foreach (LoraTensor tensor in tensors)
        {
            if (tensor.Names.FirstOrDefault(file.Entries.ContainsKey) is not { } name)
            {
                // PEFT does not save the trained biases of adapted layers (lora_only), and uses the base's after loading.
                if (tensor is { Role: LoraRole.Bias, Layer.Rank: > 0 })
                    continue;
                mistakes.Add($"{tensor.Name} is missing; according to the options, {tensor.Layer.Module.Name} has it.");
                continue;
            }

            SafetensorsEntry entry = file.Entries[name];
            found.Add(tensor, entry);
            if (!entry.Shape.SequenceEqual(tensor.Shape))
                mistakes.Add(WrongShape(tensor, entry));
        }

        HashSet<string> taken = [.. found.Values.Select(entry => entry.Name)];
        string[] more = [.. file.Entries.Keys.Where(name => !taken.Contains(name) && !IsCopyOfBase(name, file, policy))];
        mistakes.AddRange(more.Select(name =>
            $"{name} belongs to none of the layers that the options select; the adapter is for another model, or "
            + $"{Configuration} is another adapter's."));
        return found;
    }

    private static string WrongShape(LoraTensor tensor, SafetensorsEntry entry)
    {
        int axis = tensor.Role == LoraRole.Down ? 0 : 1;
        bool isRank = tensor.Role is LoraRole.Down or LoraRole.Up && entry.Shape.Count == tensor.Shape.Count
            && entry.Shape.Where((_, at) => at != axis).SequenceEqual(tensor.Shape.Where((_, at) => at != axis));
        return $"{entry.Name} has shape [{string.Join(", ", entry.Shape)}] instead of [{string.Join(", ", tensor.Shape)}]: "
            + (isRank
                ? $"the file's rank is {entry.Shape[axis]}, the options' rank is {tensor.Shape[axis]} (r, rank_pattern)."
                : "the adapter is for a model with other sizes.");
    }

    // PEFT also saves the base's embedding tables if they are targets; they contain nothing new.
    private static bool IsCopyOfBase(string name, SafetensorsFile file, IAdaptablePolicy policy) =>
        policy.Adapters.Modules.Any(module =>
            (module.Layer.Kind == AdaptableLayerKind.Embedding || module.Name == AdapterHost.Head)
            && new[] { module.Name, module.PublishedName }
                .SelectMany(one => new[] { $"base_model.model.{one}.weight", $"base_model.model.{one}.base_layer.weight" })
                .Contains(name)
            && file.Entries[name].Shape.SequenceEqual(module.Layer.Weight.shape));
}
