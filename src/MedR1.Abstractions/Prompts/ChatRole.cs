namespace MedR1;

/// <summary>The role of a speaker in a conversation: an open set of names.</summary>
/// <param name="Value">The name as used in chat templates.</param>
public readonly record struct ChatRole(string Value)
{
    /// <summary>Instructions that precede the conversation.</summary>
    public static ChatRole System { get; } = new("system");

    /// <summary>The person who asks.</summary>
    public static ChatRole User { get; } = new("user");

    /// <summary>The model.</summary>
    public static ChatRole Assistant { get; } = new("assistant");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
