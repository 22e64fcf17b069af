using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Finds the tensors of an adapter in its file.</summary>
internal static class LoraMatch
{
    private static readonly string[] Wrappers = ["modules_to_save", "original_module"];

    /// <param name="options">The adapter's options.</param>
    /// <param name="layers">The layers that the adapter changes.</param>
    /// <param name="file">The file.</param>
    /// <param name="policy">The base.</param>
    /// <param name="mistakes">Receives missing, unexpected and unsuitable tensors.</param>
    public static Dictionary<(LoraLayer, LoraRole), SafetensorsEntry> Of(
        LoraOptions options, IReadOnlyList<LoraLayer> layers, SafetensorsFile file, IAdaptablePolicy policy,
        List<string> mistakes)
    {
        Dictionary<(LoraLayer, LoraRole), SafetensorsEntry> found = [];
        foreach (LoraTensor tensor in LoraTensor.Of(layers, options.UpHasBias, options.UseDora))
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
            found.Add((tensor.Layer, tensor.Role), entry);
            if (!entry.Shape.SequenceEqual(tensor.Shape))
                mistakes.Add(WrongShape(tensor, entry));
            if (entry.Type.ToTorch() is not { } type || !is_floating_point(type))
                mistakes.Add($"{entry.Name} is {entry.Type.FileName()}; give floating-point numbers of 16 bits or more.");
        }

        if (layers.Count == 0)
            return found;
        HashSet<string> taken = [.. found.Values.Select(entry => entry.Name)];
        mistakes.AddRange(file.Entries.Values
            .Where(entry => !taken.Contains(entry.Name) && !IsRepeated(entry.Name, taken)
                && BaseCopies.ModuleOf(entry, policy) is null)
            .Select(entry =>
                $"{entry.Name} belongs to none of the layers that the options select; the adapter is for another model, or "
                + $"{LoraFiles.Configuration} is another adapter's."));
        return found;
    }

    // PEFT saves the biases of saved modules three times if all biases are trained: as it saves the module, as the wrapper of the
    // module holds them, with or without the adapter's name, and as the wrapped module of the base has them.
    private static bool IsRepeated(string name, HashSet<string> taken) =>
        Wrappers.Any(wrapper => Without(wrapper, name).Any(taken.Contains));

    // The name without the wrapper's part, and without the adapter's name behind it.
    private static IEnumerable<string> Without(string wrapper, string name)
    {
        int at = name.IndexOf($".{wrapper}.", StringComparison.Ordinal);
        if (at < 0)
            yield break;
        string rest = name[(at + wrapper.Length + 1)..];
        yield return name[..at] + rest;
        int next = rest.IndexOf('.', 1);
        if (next > 0)
            yield return name[..at] + rest[next..];
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
}
