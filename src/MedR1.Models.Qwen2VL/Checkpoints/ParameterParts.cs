using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Maps published parameter names to parts of the model.</summary>
internal static class ParameterParts
{
    /// <summary>The prefix of names of the tower and its merger.</summary>
    public const string Vision = "visual.";

    private const string Merger = Vision + "merger.";

    /// <summary>Whether a parameter belongs to the tower or its merger.</summary>
    public static bool IsVision(string publishedName) => publishedName.StartsWith(Vision, StringComparison.Ordinal);

    /// <summary>Returns the part of a parameter.</summary>
    public static ModelPart Of(string publishedName) =>
        publishedName.StartsWith(Merger, StringComparison.Ordinal) ? ModelPart.Merger
        : IsVision(publishedName) ? ModelPart.Vision
        : ModelPart.Language;
}
