namespace MedR1;

/// <summary>An image in a message.</summary>
/// <param name="Image">The image.</param>
public sealed record ImagePart(IImageSource Image) : ChatPart;
