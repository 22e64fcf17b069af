namespace MedR1.Datasets;

/// <summary>How conversations are loaded.</summary>
public sealed record ConversationOptions
{
    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;
}
