using TorchSharp.Modules;

namespace MedR1.Models.Qwen2VL;

/// <summary>Fills parameters from the safetensors of a folder, under either scheme of names.</summary>
internal static class CheckpointLoader
{
    private const string Head = "lm_head.weight";

    public static void Fill(
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters, string folder, IProgress<LoadProgress>? progress,
        CancellationToken cancellationToken)
    {
        Dictionary<string, WeightFiles.Entry> entries = [];
        foreach (WeightFiles.Entry entry in WeightFiles.List(folder))
        {
            entries[CheckpointNames.ToPublished(entry.Name)] = entry;
        }

        Check(parameters, entries, folder);
        long total = parameters.Sum(parameter => Bytes(parameter.Value));
        long bytes = 0;
        for (int index = 0; index < parameters.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (string name, Parameter parameter) = parameters[index];
            WeightFiles.Read(entries[name], parameter);
            bytes += Bytes(parameter);
            progress?.Report(new LoadProgress(index + 1, parameters.Count, bytes, total));
        }
    }

    private static void Check(
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters, Dictionary<string, WeightFiles.Entry> entries, string folder)
    {
        Dictionary<string, Parameter> wanted = parameters.ToDictionary(entry => entry.Key, entry => entry.Value);

        // A tied model's file may hold the head all the same; the embedding wins.
        if (!wanted.ContainsKey(Head))
            entries.Remove(Head);
        string[] missing = [.. wanted.Keys.Where(name => !entries.ContainsKey(name))];
        string[] unexpected = [.. entries.Keys.Where(name => !wanted.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] shapes = [.. wanted
            .Where(entry => entries.TryGetValue(entry.Key, out WeightFiles.Entry? found) && !found.Shape.SequenceEqual(entry.Value.shape))
            .Select(entry => $"{entry.Key}: model {Show(entry.Value.shape)}, file {Show(entries[entry.Key].Shape)}")];
        if (missing.Length + unexpected.Length + shapes.Length > 0)
            throw new CheckpointMismatchException(folder, missing, unexpected, shapes);
    }

    private static long Bytes(Parameter parameter) => parameter.numel() * parameter.element_size();

    private static string Show(long[] shape) => $"[{string.Join(", ", shape)}]";
}
