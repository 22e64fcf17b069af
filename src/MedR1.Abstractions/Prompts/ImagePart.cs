namespace MedR1;

/// <summary>A picture in a message.</summary>
/// <param name="Image">The picture.</param>
public sealed record ImagePart(IImageSource Image) : ChatPart;
