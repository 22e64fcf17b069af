using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Which part of the model a parameter belongs to, by its published name.</summary>
internal static class ParameterParts
{
    /// <summary>What the names of the tower and its merger begin with.</summary>
    public const string Vision = "visual.";

    private const string Merger = Vision + "merger.";

    /// <summary>Whether it belongs to the tower or its merger.</summary>
    public static bool IsVision(string publishedName) => publishedName.StartsWith(Vision, StringComparison.Ordinal);

    /// <summary>Its part.</summary>
    public static ModelPart Of(string publishedName) =>
        publishedName.StartsWith(Merger, StringComparison.Ordinal) ? ModelPart.Merger
        : IsVision(publishedName) ? ModelPart.Vision
        : ModelPart.Language;
}
