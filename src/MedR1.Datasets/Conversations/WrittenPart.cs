namespace MedR1.Datasets;

/// <summary>A part of a content as a file describes it.</summary>
/// <param name="Type">The kind: a text or an image.</param>
/// <param name="Text">The text; data sets whose parts all have the same fields have a null text in the parts of images.</param>
internal readonly record struct WrittenPart(string Type, string? Text);
