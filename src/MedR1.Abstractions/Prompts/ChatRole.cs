namespace MedR1;

/// <summary>Who speaks in a conversation: an open set of names.</summary>
/// <param name="Value">The name as a chat template writes it.</param>
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
