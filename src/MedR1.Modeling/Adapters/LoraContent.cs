namespace MedR1.Modeling;

/// <summary>What the options of an adapter's files and the tensors in them mean for a network.</summary>
/// <param name="Options">The options, with the current names of layers.</param>
/// <param name="Layers">The layers that the adapter changes.</param>
/// <param name="Entries">The tensors in the file.</param>
/// <param name="Mistakes">Everything in which options, file and network differ.</param>
internal sealed record LoraContent(
    LoraOptions Options, IReadOnlyList<LoraLayer> Layers,
    IReadOnlyDictionary<(LoraLayer, LoraRole), SafetensorsEntry> Entries, IReadOnlyList<string> Mistakes)
{
    /// <summary>
    /// Reads options by the names that the file's tensors have, and if they don't fit, by the other ones: a file may have been
    /// converted without its options.
    /// </summary>
    /// <param name="options">The options as they are in the file.</param>
    /// <param name="file">The tensors.</param>
    /// <param name="policy">The base.</param>
    /// <param name="mistakes">The mistakes that the options have by themselves.</param>
    public static LoraContent Of(
        LoraOptions options, SafetensorsFile file, IAdaptablePolicy policy, IReadOnlyList<string> mistakes)
    {
        bool isOlder = LoraNames.AreOlder(file.Entries.Keys, policy.Adapters);
        LoraContent current = By(LoraNames.Current), older = By(LoraNames.Older);
        (LoraContent likely, LoraContent other) = isOlder ? (older, current) : (current, older);
        LoraContent content = likely.Mistakes.Count == 0 || other.Mistakes.Count > 0 ? likely : other;

        // Most options name layers by the end of their name, and mean the same by both names.
        return ReferenceEquals(content, current) || current.Layers.SequenceEqual(content.Layers)
            ? content : content with { Options = LoraNames.InCurrent(options, content.Layers) };

        LoraContent By(Func<AdaptableModule, string> nameOf)
        {
            List<string> found = [.. mistakes];
            IReadOnlyList<LoraLayer> layers = LoraPlan.Make(options, policy.Adapters, nameOf, isFromFile: true, found);
            return new LoraContent(options, layers, LoraMatch.Of(options, layers, file, policy, found), found);
        }
    }

    /// <summary>Returns the tensor in the file; <see langword="null"/> if the base's is to be used.</summary>
    public SafetensorsEntry? EntryOf(LoraTensor tensor) => Entries.GetValueOrDefault((tensor.Layer, tensor.Role));
}
