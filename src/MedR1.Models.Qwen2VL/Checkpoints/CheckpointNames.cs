namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The two naming schemes of parameters: the published names, <c>visual.…</c> and <c>model.layers.…</c>, and the in-memory names
/// of later transformers releases, <c>model.visual.…</c> and <c>model.language_model.layers.…</c>, which PEFT adapters also use.
/// </summary>
internal static class CheckpointNames
{
    private const string NewVision = "model." + ParameterParts.Vision;
    private const string NewText = "model.language_model.";

    /// <summary>Returns the published name of a parameter given in either scheme.</summary>
    /// <param name="name">The name in a file.</param>
    public static string ToPublished(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(NewVision, StringComparison.Ordinal))
            return name["model.".Length..];
        return name.StartsWith(NewText, StringComparison.Ordinal) ? "model." + name[NewText.Length..] : name;
    }

    /// <summary>Returns the in-memory name in later transformers releases.</summary>
    /// <param name="publishedName">The published name.</param>
    public static string ToInMemory(string publishedName)
    {
        ArgumentNullException.ThrowIfNull(publishedName);
        if (ParameterParts.IsVision(publishedName))
            return "model." + publishedName;
        return publishedName.StartsWith("model.", StringComparison.Ordinal)
            ? NewText + publishedName["model.".Length..]
            : publishedName;
    }
}
